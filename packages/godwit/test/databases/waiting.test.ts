import { expect, test } from 'vitest'
import { pauseBefore } from '../../src/databases/postgres/waiting/retry.js'
import { timeoutSettings } from '../../src/databases/postgres/waiting/timeouts.js'
import { readTimeouts } from '../../src/project/timeouts.js'

test('pauses begin at about a second, grow to 15 s, and differ', () => {
  expect([0, 0.5, 1].map((random) => pauseBefore(1, random))).toEqual([750, 1_000, 1_250])
  expect([2, 3, 4, 5, 6, 100].map((retry) => pauseBefore(retry, 0.5))).toEqual([
    2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
  ])
  expect(new Set(Array.from({ length: 20 }, () => pauseBefore(1))).size).toBeGreaterThan(1)
})

test('options win over the config, the config over the defaults', () => {
  expect(readTimeouts({}, {})).toMatchObject({
    waitMs: 60_000,
    graceMs: 20_000,
    session: { lockTimeoutMs: 5_000, lockTimeoutExplicit: false, lockRetries: 10, statementTimeoutMs: undefined },
  })
  const config = { lockTimeout: '2s', lockRetries: 3, grace: 1, idleInTransactionSessionTimeout: '1m' }
  expect(readTimeouts({ lockTimeout: 0 }, config)).toMatchObject({
    graceMs: 1_000,
    session: { lockTimeoutMs: 0, lockTimeoutExplicit: true, lockRetries: 3, idleInTransactionSessionTimeoutMs: 60_000 },
  })
  expect(readTimeouts({ lockRetries: '0' }, config).session).toMatchObject({ lockTimeoutMs: 2_000, lockRetries: 0 })
  for (const lockRetries of ['many', '-1', '1.5', ''])
    expect(() => readTimeouts({ lockRetries }, {})).toThrow(expect.objectContaining({ code: 'GODWIT_RETRIES_INVALID' }))
})

test('a timeout longer than PostgreSQL keeps is its longest; one that is not asked for is not set', () => {
  expect(timeoutSettings({ lockTimeoutMs: 0, statementTimeoutMs: 1e12 })).toEqual([
    'SET lock_timeout = 0',
    'SET statement_timeout = 2147483647',
  ])
})

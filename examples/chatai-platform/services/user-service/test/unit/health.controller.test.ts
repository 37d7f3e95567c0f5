import { ServiceUnavailableException } from '@nestjs/common'
import { expect, test } from 'vitest'
import type { DatabaseConnection } from '../../src/database/database.connection'
import { HealthController } from '../../src/health/health.controller'

const answering = (ping: () => Promise<number>) => new HealthController({ ping } as DatabaseConnection)
const down = answering(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432, user postgres')))

test('while the database answers, so does the service', async () => {
  const health = answering(async () => 1)
  expect(await health.checkDatabase()).toEqual({ status: 'ok', database: 'connected', result: 1 })
  expect(await health.check()).toMatchObject({ status: 'ok', database: { status: 'connected', type: 'PostgreSQL' } })
})

test.each(['check', 'checkDatabase'] as const)(
  '%s: what the driver said about a dead one stays inside',
  async (route) => {
    const error = await down[route]().then(
      () => undefined,
      (thrown) => thrown,
    )
    expect(error).toBeInstanceOf(ServiceUnavailableException)
    expect(JSON.stringify(error.getResponse())).not.toMatch(/ECONNREFUSED|10\.0\.0\.7|user postgres/)
    expect(error.getStatus()).toBe(503)
  },
)

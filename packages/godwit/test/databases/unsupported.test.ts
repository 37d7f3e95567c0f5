import { expect, test } from 'vitest'
import { refuseVersion } from '../../src/databases/postgres/unsupported.js'

test.each([
  ['CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu)', 'CockroachDB'],
  ['PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC, Redshift 1.0.73348', 'Amazon Redshift'],
  ['PostgreSQL 16 (Aurora DSQL)', 'Amazon Aurora DSQL'],
  ['PostgreSQL 11.2-YB-2.18.0.1-b0', 'YugabyteDB'],
  ['PostgreSQL 13.14 on x86_64', 'PostgreSQL 13'],
  ['PostgreSQL 9.6.24 on x86_64', 'PostgreSQL 9'],
])('%s is refused by name (rule 33)', (text, name) => {
  expect(() => refuseVersion(text)).toThrow(
    expect.objectContaining({
      code: 'GODWIT_UNSUPPORTED_DATABASE',
      exitCode: 2,
      message: expect.stringContaining(name),
    }),
  )
})

test.each(['PostgreSQL 14.11 on x86_64', 'PostgreSQL 15.6', 'PostgreSQL 18.0 (Debian 18.0-1)'])(
  '%s is taken',
  (text) => {
    expect(() => refuseVersion(text)).not.toThrow()
  },
)

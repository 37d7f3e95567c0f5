import type pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { createDatabase } from '../support/database.js'
import { tables } from './cases.js'
import { connect, failure, look } from './look.js'

/** A client of a role of its own, made behind `given`, in which `$role` is its name. */
async function asRole(given: string): Promise<pg.Client> {
  const database = await createDatabase()
  const role = `r_${database.name}`
  await database.query(`${tables} CREATE ROLE ${role} LOGIN PASSWORD 'x'; ${given.replaceAll('$role', role)}`)
  onTestFinished(async () => void (await database.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`)))
  const url = new URL(database.url)
  url.username = role
  url.password = 'x'
  return connect(url.toString())
}

const lacking: [run: string, says: string, given?: string][] = [
  ['ALTER TABLE users ADD COLUMN x int', 'does not own it (its owner: postgres)'],
  ['CREATE TABLE t (id int)', 'may not make anything in the schema public'],
  ['CREATE SCHEMA s', 'may not make a schema in this database'],
  ['CREATE SCHEMA IF NOT EXISTS s', 'may not make a schema in this database', 'CREATE SCHEMA s'],
  ['DROP TABLE users', 'does not own it'],
  ['CREATE POLICY p ON users', 'does not own it'],
  ['TRUNCATE users', 'no TRUNCATE on users'],
  ['INSERT INTO users VALUES (1)', 'no INSERT on users'],
  ['INSERT INTO users (id, code) VALUES (1, 2)', 'no INSERT on users', 'GRANT INSERT (id) ON users TO $role'],
  ['UPDATE users SET code = 2', 'no UPDATE on users', 'GRANT SELECT, UPDATE (id) ON users TO $role'],
  ['DELETE FROM users', 'no DELETE on users', 'GRANT SELECT ON users TO $role'],
  ['WITH d AS (DELETE FROM users) SELECT 1', 'no DELETE on users', 'GRANT SELECT ON users TO $role'],
  ['INSERT INTO users (id) SELECT id FROM orgs', 'no SELECT on orgs', 'GRANT INSERT ON users TO $role'],
  [
    'ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs NOT VALID',
    'may not refer to orgs',
    'ALTER TABLE users OWNER TO $role',
  ],
]

test.each(lacking)('what the role may not do is said: %s', async (run, says, given = '') => {
  const client = await asRole(given)
  expect(await look(client, run)).toMatchObject([{ code: 'missing-right', message: expect.stringContaining(says) }])
  expect(await failure(client, run)).toMatch(/permission denied|must be owner/)
})

const allowed: [run: string, given: string][] = [
  ['INSERT INTO users (id) VALUES (1)', 'GRANT INSERT (id) ON users TO $role'],
  ['UPDATE users SET code = 2', 'GRANT UPDATE (code) ON users TO $role'],
  ['SELECT id FROM users', 'GRANT SELECT (id) ON users TO $role'],
  ['WITH orgs AS (SELECT 1) SELECT * FROM orgs', ''],
  ['SELECT * FROM seen', 'CREATE VIEW seen AS SELECT * FROM users; GRANT SELECT ON seen TO $role'],
  ['DROP TABLE s.t', 'CREATE SCHEMA s; CREATE TABLE s.t (id int); ALTER SCHEMA s OWNER TO $role'],
  [
    'ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs NOT VALID',
    'ALTER TABLE users OWNER TO $role; GRANT REFERENCES ON orgs TO $role',
  ],
]

test.each(allowed)('what the role may do is no finding: %s', async (run, given) => {
  const client = await asRole(given)
  expect(await look(client, run)).toEqual([])
  expect(await failure(client, run)).toBeUndefined()
})

// A row that is hidden is not a row that is not there.
test.each([
  ['ALTER TABLE users ADD FOREIGN KEY (org) REFERENCES orgs', 'ALTER TABLE orgs ENABLE ROW LEVEL SECURITY'],
  [
    'ALTER TABLE users ALTER email SET NOT NULL',
    'ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
  ],
])('what row security hides is not checkable: %s', async (run, given) => {
  const client = await asRole(`INSERT INTO users (id, org) VALUES (1, 1);
    ALTER TABLE users OWNER TO $role; GRANT ALL ON orgs TO $role; ${given}`)
  expect(await look(client, run)).toMatchObject([
    { code: 'not-checkable', severity: 'note', message: expect.stringContaining('may not read all rows') },
  ])
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as version9 from 'node-pg-migrate'
import * as version8 from 'node-pg-migrate-8'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'
import { typescript } from './support/compile.js'

const folder = fileURLToPath(new URL('../auth-system', import.meta.url))
const history = 'pgmigrations'

type Runner = typeof version9.runner

async function migrate(
  database: TestDatabase,
  direction: 'up' | 'down',
  run: Runner = version9.runner,
  dir = `${folder}/migrations`,
) {
  const done = await run({
    databaseUrl: database.url,
    dir,
    migrationsTable: history,
    direction,
    count: direction === 'up' ? Number.POSITIVE_INFINITY : 1,
    log: () => {},
  })
  return done.map((migration) => migration.name)
}

/** The folder of the migration as JavaScript, which is all that version 8 reads. */
async function compiled(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'godwit-example-'))
  onTestFinished(() => rm(out, { recursive: true, force: true }))
  await typescript('-p', folder, '--outDir', out)
  return join(out, 'migrations')
}

/** A database with the schema and two users. */
async function withUsers() {
  const database = await createDatabase()
  await migrate(database, 'up')
  const insert = `insert into users (email, password_hash) values ($1, 'a hash') returning id`
  const [ann] = await database.query<{ id: string }>(insert, ['Ann@example.com'])
  const [bob] = await database.query<{ id: string }>(insert, ['bob@example.com'])
  return { database, ann: ann!.id, bob: bob!.id }
}

test('it type-checks with its own settings', async () => {
  await typescript('-p', folder, '--noEmit')
})

test.each([
  ['9, TypeScript', version9.runner, async () => `${folder}/migrations`],
  ['8, compiled', version8.runner as unknown as Runner, compiled],
])('node-pg-migrate %s: up makes ten tables, down leaves nothing, up again makes the same', async (_, run, prepare) => {
  const database = await createDatabase()
  const dir = await prepare()
  expect(await migrate(database, 'up', run, dir)).toEqual(['1736236800000_auth-system'])
  const made = await readCatalogue(database, history)
  expect(made.tables).toEqual([
    'password_reset_tokens',
    'permissions',
    'role_permissions',
    'roles',
    'tokens',
    'user_connections',
    'user_preferences',
    'user_profiles',
    'user_roles',
    'users',
  ])
  expect(made.functions).toEqual(['set_updated_at'])
  expect(made.extensions).toEqual([])

  await migrate(database, 'down', run, dir)
  expect(presentKinds(await readCatalogue(database, history))).toEqual([])

  await migrate(database, 'up', run, dir)
  expect(await readCatalogue(database, history)).toEqual(made)
})

test('there are three roles and eight permissions, and the admin role has them all', async () => {
  const database = await createDatabase()
  await migrate(database, 'up')
  const permissions = await database.query<{ name: string }>(
    `select resource || '.' || action as name from permissions order by 1`,
  )
  expect(permissions.map((row) => row.name)).toEqual([
    'roles.create',
    'roles.delete',
    'roles.read',
    'roles.update',
    'users.create',
    'users.delete',
    'users.read',
    'users.update',
  ])
  const roles = await database.query(`
    select name, count(permission_id)::int as granted
    from roles left join role_permissions on role_id = roles.id group by name order by name`)
  expect(roles).toEqual([
    { name: 'admin', granted: 8 },
    { name: 'moderator', granted: 0 },
    { name: 'user', granted: 0 },
  ])
})

describe('what the tables refuse', () => {
  const token = `insert into tokens (user_id, type, token_hash, session_id, expires_at)`
  const connection = `insert into user_connections (user_id, target_id, type, status)`

  test.each([
    [
      'a second account with the same address in other letters',
      'users_email_unique',
      `insert into users (email, password_hash) values ('ANN@example.COM', 'a hash')`,
    ],
    ['a second factor without its secret', 'users_mfa_needs_secret', `update users set mfa_enabled = true`],
    [
      'a token that is not a hash',
      'token_hash',
      `${token} values ($1, 'refresh', 'eyJhbGciOi', gen_random_uuid(), now() + '1 h')`,
    ],
    [
      'a token that was never valid',
      'tokens_expire_later',
      `${token} values ($1, 'refresh', repeat('a', 64), gen_random_uuid(), now() - interval '1 s')`,
    ],
    [
      'a session token without a session',
      'tokens_session_known',
      `${token} values ($1, 'access', repeat('a', 64), null, now() + '1 h')`,
    ],
    [
      'a verification token without the address',
      'tokens_address_known',
      `${token} values ($1, 'email_verification', repeat('a', 64), null, now() + '1 h')`,
    ],
    [
      'a reset token that is not a hash',
      'token_hash',
      `insert into password_reset_tokens (user_id, token_hash, expires_at) values ($1, 'plain', now() + '1 h')`,
    ],
    ['following oneself', 'user_connections_not_oneself', `${connection} values ($1, $1, 'follow', 'accepted')`],
    ['a follow that waits', 'user_connections_asked_first', `${connection} values ($1, $2, 'follow', 'pending')`],
    [
      'one friendship in two rows',
      'user_connections_one_friendship',
      `${connection} values ($1, $2, 'friend', 'pending'), ($2, $1, 'friend', 'pending')`,
    ],
    [
      'following twice',
      'user_connections_once',
      `${connection} values ($1, $2, 'follow', 'accepted'), ($1, $2, 'follow', 'accepted')`,
    ],
    ['a permission twice', 'permissions', `insert into permissions (resource, action) values ('users', 'read')`],
  ])('%s', async (_, constraint, sql) => {
    const { database, ann, bob } = await withUsers()
    const values = sql.includes('$2') ? [ann, bob] : sql.includes('$1') ? [ann] : []
    await expect(database.query(sql, values)).rejects.toMatchObject({
      code: expect.stringMatching(/^235(05|14)$/),
      constraint: expect.stringContaining(constraint),
    })
  })

  test('deleting a role that somebody holds', async () => {
    const { database, ann } = await withUsers()
    await database.query(`insert into user_roles (user_id, role_id) select $1, id from roles where name = 'user'`, [
      ann,
    ])
    await expect(database.query(`delete from roles where name = 'user'`)).rejects.toMatchObject({
      constraint: 'user_roles_role_id_fkey',
    })
  })
})

test('two users may follow each other, and what belongs to a user goes with the user', async () => {
  const { database, ann, bob } = await withUsers()
  const both = [ann, bob]
  await database.query(
    `insert into user_connections (user_id, target_id, type, status)
     values ($1, $2, 'follow', 'accepted'), ($2, $1, 'follow', 'accepted')`,
    both,
  )
  await database.query(`insert into user_profiles (user_id) values ($1), ($2)`, both)
  await database.query(`insert into user_preferences (user_id) values ($1), ($2)`, both)
  await database.query(
    `insert into user_roles (user_id, role_id, assigned_by) select $2::uuid, id, $1::uuid from roles where name = 'user'`,
    both,
  )
  await database.query(`delete from users where id = $1`, [ann])
  const [left] = await database.query(
    `select (select count(*)::int from user_connections) as connections, (select count(*)::int from user_profiles) as profiles,
       (select count(*)::int from user_preferences) as preferences,
       (select count(*)::int from user_roles where assigned_by is null) as roles`,
  )
  expect(left).toEqual({ connections: 0, profiles: 1, preferences: 1, roles: 1 })
})

test('updated_at follows every update', async () => {
  const { database, ann } = await withUsers()
  const [row] = await database.query<{ moved: boolean }>(
    `update users set is_active = false, updated_at = created_at where id = $1 returning updated_at > created_at as moved`,
    [ann],
  )
  expect(row).toEqual({ moved: true })
})

import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import bcrypt from 'bcrypt'
import { describe, expect, test } from 'vitest'
import { openProject } from '../../packages/godwit/src/index.js'
import { createDatabase, type TestDatabase } from '../../packages/godwit/test/support/database.js'
import { codeAt, seal, unseal } from './support/second-factor.js'

const example = fileURLToPath(new URL('../auth-system', import.meta.url))

// The ten features of the document's list, each used as an application would use the tables.

/** A database with the schema, led there by Godwit. */
async function schema(): Promise<TestDatabase> {
  const database = await createDatabase()
  const project = await openProject({ cwd: example, databaseUrl: database.url, env: {} })
  expect((await project.up()).error).toBeUndefined()
  return database
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const newToken = (): string => randomBytes(32).toString('base64url')

async function register({ query }: TestDatabase, email: string, password: string): Promise<string> {
  const [user] = await query<{ id: string }>('INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id', [
    email,
    await bcrypt.hash(password, 4),
  ])
  return user?.id ?? ''
}

/** Logs in, and counts what fails: the fifth in a row locks the account for a quarter of an hour. */
async function logIn({ query }: TestDatabase, email: string, password: string): Promise<string | undefined> {
  const [user] = await query<{ id: string; password_hash: string }>(
    `SELECT id, password_hash FROM users
     WHERE lower(email) = lower($1) AND is_active AND (locked_until IS NULL OR locked_until < now())`,
    [email],
  )
  if (user === undefined) return undefined
  if (await bcrypt.compare(password, user.password_hash)) {
    await query('UPDATE users SET failed_login_count = 0, last_login_at = now() WHERE id = $1', [user.id])
    return user.id
  }
  await query(
    `UPDATE users SET failed_login_count = failed_login_count + 1,
       locked_until = CASE WHEN failed_login_count + 1 >= 5 THEN now() + interval '15 minutes' END WHERE id = $1`,
    [user.id],
  )
  return undefined
}

/** Takes a token that works once; gives whose it was. */
async function useOnce({ query }: TestDatabase, table: string, token: string): Promise<string | undefined> {
  const [row] = await query<{ user_id: string }>(
    `UPDATE ${table} SET used_at = now()
     WHERE token_hash = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now() RETURNING user_id`,
    [hashOf(token)],
  )
  return row?.user_id
}

const may = (database: TestDatabase, user: string, resource: string, action: string) =>
  database
    .query(
      `SELECT 1 FROM user_roles JOIN role_permissions USING (role_id) JOIN permissions p ON p.id = permission_id
       WHERE user_id = $1 AND p.resource = $2 AND p.action = $3`,
      [user, resource, action],
    )
    .then((rows) => rows.length > 0)

const grant = (database: TestDatabase, user: string, role: string) =>
  database.query('INSERT INTO user_roles (user_id, role_id) SELECT $1, id FROM roles WHERE name = $2', [user, role])

describe('the ten features', () => {
  test('1. registration and login: one account an address, whatever its case; a lock behind five wrong passwords', async () => {
    const database = await schema()
    const ann = await register(database, 'Ann@Example.com', 'correct horse')
    await expect(register(database, 'ann@example.COM', 'another')).rejects.toMatchObject({
      constraint: 'users_email_unique',
    })
    expect(await logIn(database, 'ANN@example.com', 'correct horse')).toBe(ann)
    for (let wrong = 1; wrong <= 5; wrong++) expect(await logIn(database, 'ann@example.com', 'wrong')).toBeUndefined()
    expect(await logIn(database, 'ann@example.com', 'correct horse')).toBeUndefined()
    await database.query("UPDATE users SET locked_until = now() - interval '1 s'")
    expect(await logIn(database, 'ann@example.com', 'correct horse')).toBe(ann)
    await database.query('UPDATE users SET is_active = false')
    expect(await logIn(database, 'ann@example.com', 'correct horse')).toBeUndefined()
  })

  test('2. roles: given, taken, and gone with the account', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    await grant(database, ann, 'moderator')
    await expect(grant(database, ann, 'moderator')).rejects.toMatchObject({ code: '23505' })
    await grant(database, ann, 'admin')
    expect(await may(database, ann, 'roles', 'update')).toBe(true)
    await database.query(
      `DELETE FROM user_roles USING roles r WHERE r.id = role_id AND r.name = 'admin' AND user_id = $1`,
      [ann],
    )
    expect(await may(database, ann, 'roles', 'update')).toBe(false)
    expect(await database.query('SELECT name FROM user_roles JOIN roles r ON r.id = role_id')).toEqual([
      { name: 'moderator' },
    ])
    await expect(database.query(`DELETE FROM roles WHERE name = 'moderator'`)).rejects.toMatchObject({
      constraint: 'user_roles_role_id_fkey',
    })
    await database.query('DELETE FROM users WHERE id = $1', [ann])
    expect(await database.query('SELECT 1 FROM user_roles')).toEqual([])
  })

  test('3. permissions: by resource and action, through roles', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    expect(await may(database, ann, 'users', 'delete')).toBe(false)
    await grant(database, ann, 'admin')
    expect(await may(database, ann, 'users', 'delete')).toBe(true)
    expect(await may(database, ann, 'invoices', 'read')).toBe(false)
    await database.query("INSERT INTO permissions (resource, action) VALUES ('invoices', 'read')")
    await database.query(`INSERT INTO role_permissions (role_id, permission_id)
      SELECT r.id, p.id FROM roles r, permissions p WHERE r.name = 'admin' AND p.resource = 'invoices'`)
    expect(await may(database, ann, 'invoices', 'read')).toBe(true)
  })

  test('4. second factor: an encrypted secret that is read back, codes that work once, recovery codes as hashes', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    await expect(database.query('UPDATE users SET mfa_enabled = true')).rejects.toMatchObject({
      constraint: 'users_mfa_needs_secret',
    })
    const [secret, key] = [randomBytes(20), randomBytes(32)]
    const recovery = ['one-two', 'three-four']
    await database.query(
      'UPDATE users SET mfa_secret_encrypted = $2, mfa_enabled = true, mfa_recovery_code_hashes = $3 WHERE id = $1',
      [ann, seal(secret, key), recovery.map(hashOf)],
    )
    const accept = async (code: string, step: number) => {
      const [user] = await database.query<{ sealed: Buffer }>(
        'SELECT mfa_secret_encrypted AS sealed FROM users WHERE id = $1',
        [ann],
      )
      expect(user?.sealed.includes(secret)).toBe(false)
      if (code !== codeAt(step, unseal(user?.sealed ?? Buffer.alloc(0), key))) return []
      return database.query(
        `UPDATE users SET mfa_last_used_step = $2
         WHERE id = $1 AND (mfa_last_used_step IS NULL OR mfa_last_used_step < $2) RETURNING id`,
        [ann, step],
      )
    }
    const [now, next] = [codeAt(57_000_000, secret), codeAt(57_000_001, secret)]
    expect(await accept(now === '000000' ? '000001' : '000000', 57_000_000)).toEqual([])
    expect((await Promise.all([1, 2, 3].map(() => accept(now, 57_000_000)))).flat()).toHaveLength(1)
    expect(await accept(now, 57_000_000)).toEqual([])
    expect(await accept(next, 57_000_001)).toHaveLength(1)
    const recover = (code: string) =>
      database.query(
        `UPDATE users SET mfa_recovery_code_hashes = array_remove(mfa_recovery_code_hashes, $2)
         WHERE id = $1 AND $2 = ANY (mfa_recovery_code_hashes) RETURNING id`,
        [ann, hashOf(code)],
      )
    expect((await Promise.all([1, 2, 3].map(() => recover('one-two')))).flat()).toHaveLength(1)
    expect(await recover('one-two')).toEqual([])
    expect(await recover('three-four')).toHaveLength(1)
  })

  test('5. password reset: a hash, one use, an expiry; the newer one revokes the older', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'old')
    const ask = async (life: string) => {
      const token = newToken()
      await database.query(
        'UPDATE password_reset_tokens SET revoked_at = now() WHERE user_id = $1 AND used_at IS NULL',
        [ann],
      )
      await database.query(
        'INSERT INTO password_reset_tokens (user_id, token_hash, expires_at) VALUES ($1, $2, clock_timestamp() + $3::interval)',
        [ann, hashOf(token), life],
      )
      return token
    }
    const [older, newer] = [await ask('1 hour'), await ask('1 hour')]
    expect(await useOnce(database, 'password_reset_tokens', older)).toBeUndefined()
    const atOnce = await Promise.all([1, 2, 3].map(() => useOnce(database, 'password_reset_tokens', newer)))
    expect(atOnce.filter((user) => user !== undefined)).toEqual([ann])
    expect(await useOnce(database, 'password_reset_tokens', newer)).toBeUndefined()
    await database.query('UPDATE users SET password_hash = $2, password_changed_at = now() WHERE id = $1', [
      ann,
      await bcrypt.hash('new', 4),
    ])
    expect(await logIn(database, 'ann@example.com', 'old')).toBeUndefined()
    expect(await logIn(database, 'ann@example.com', 'new')).toBe(ann)
    const late = await ask('10 milliseconds')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(await useOnce(database, 'password_reset_tokens', late)).toBeUndefined()
    const [{ plain }] = (await database.query<{ plain: number }>(
      'SELECT count(*)::int AS plain FROM password_reset_tokens WHERE token_hash = $1',
      [newer],
    )) as [{ plain: number }]
    expect(plain).toBe(0)
  })

  test('6. address verification: proves the address it was sent to, once', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    const token = newToken()
    await database.query(
      `INSERT INTO tokens (user_id, type, token_hash, email, expires_at)
       SELECT id, 'email_verification', $2, email, now() + interval '1 day' FROM users WHERE id = $1`,
      [ann, hashOf(token)],
    )
    const verify = async () => {
      const user = await useOnce(database, 'tokens', token)
      return database.query(
        `UPDATE users SET email_verified_at = now() WHERE id = $1
         AND email = (SELECT email FROM tokens WHERE token_hash = $2) RETURNING email_verified_at IS NOT NULL AS verified`,
        [user, hashOf(token)],
      )
    }
    expect(await verify()).toEqual([{ verified: true }])
    expect(await verify()).toEqual([])
  })

  test('7. sessions: listed, revoked one by one or all, expired; a refresh token that was replaced tells of theft', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    const open = async (session = randomUUID(), life = '30 days') => {
      const token = newToken()
      await database.query(
        `INSERT INTO tokens (user_id, type, token_hash, session_id, expires_at, ip_address, user_agent)
         VALUES ($1, 'refresh', $2, $3, clock_timestamp() + $4::interval, '192.0.2.1', 'a browser')`,
        [ann, hashOf(token), session, life],
      )
      return { session, token }
    }
    const list = () =>
      database.query<{ session_id: string }>(
        `SELECT DISTINCT session_id FROM tokens
         WHERE user_id = $1 AND type = 'refresh' AND revoked_at IS NULL AND used_at IS NULL AND expires_at > now()`,
        [ann],
      )
    const [laptop, phone] = [await open(), await open()]
    await open(undefined, '10 milliseconds')
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect((await list()).map(({ session_id }) => session_id).sort()).toEqual([laptop.session, phone.session].sort())

    const renewed = await open(laptop.session)
    await database.query(
      `UPDATE tokens SET used_at = now(), replaced_by = (SELECT id FROM tokens WHERE token_hash = $2) WHERE token_hash = $1`,
      [hashOf(laptop.token), hashOf(renewed.token)],
    )
    // The old one comes again: somebody has a copy, and the session ends.
    const [stolen] = await database.query<{ session_id: string }>(
      'SELECT session_id FROM tokens WHERE token_hash = $1 AND replaced_by IS NOT NULL',
      [hashOf(laptop.token)],
    )
    await database.query(
      "UPDATE tokens SET revoked_at = now(), revoked_reason = 'reuse' WHERE session_id = $1 AND revoked_at IS NULL",
      [stolen?.session_id],
    )
    expect(await list()).toEqual([{ session_id: phone.session }])
    await database.query('UPDATE tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL', [ann])
    expect(await list()).toEqual([])
  })

  test('8. profiles: one an account, gone with it', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    const save = (name: string) =>
      database.query(
        `INSERT INTO user_profiles (user_id, display_name) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET display_name = excluded.display_name`,
        [ann, name],
      )
    await save('Ann')
    await save('Ann B.')
    expect(await database.query('SELECT display_name FROM user_profiles')).toEqual([{ display_name: 'Ann B.' }])
    await expect(database.query('UPDATE user_profiles SET bio = repeat($1, 2001)', ['x'])).rejects.toMatchObject({
      code: '23514',
    })
    await database.query('DELETE FROM users WHERE id = $1', [ann])
    expect(await database.query('SELECT 1 FROM user_profiles')).toEqual([])
  })

  test('9. preferences: with defaults, and room for more', async () => {
    const database = await schema()
    const ann = await register(database, 'ann@example.com', 'a')
    await database.query('INSERT INTO user_preferences (user_id) VALUES ($1)', [ann])
    await database.query(`UPDATE user_preferences SET extra = extra || '{"columns": ["name"]}', theme = 'dark'`)
    expect(
      await database.query('SELECT language, timezone, theme, email_notifications, extra FROM user_preferences'),
    ).toEqual([
      { language: 'en', timezone: 'UTC', theme: 'dark', email_notifications: true, extra: { columns: ['name'] } },
    ])
    await expect(database.query("UPDATE user_preferences SET theme = 'neon'")).rejects.toMatchObject({ code: '23514' })
    await expect(database.query("UPDATE user_preferences SET extra = '[]'")).rejects.toMatchObject({ code: '23514' })
  })

  test('10. relations: follow and be followed, ask and accept a friendship; not oneself, not twice', async () => {
    const database = await schema()
    const [ann, bob] = [
      await register(database, 'ann@example.com', 'a'),
      await register(database, 'bob@example.com', 'b'),
    ]
    const connect = (from: string, to: string, type: string, status: string) =>
      database.query('INSERT INTO user_connections (user_id, target_id, type, status) VALUES ($1, $2, $3, $4)', [
        from,
        to,
        type,
        status,
      ])
    await connect(ann, bob, 'follow', 'accepted')
    await connect(bob, ann, 'follow', 'accepted')
    await expect(connect(ann, bob, 'follow', 'accepted')).rejects.toMatchObject({ constraint: 'user_connections_once' })
    await expect(connect(ann, ann, 'friend', 'pending')).rejects.toMatchObject({
      constraint: 'user_connections_not_oneself',
    })
    await connect(ann, bob, 'friend', 'pending')
    await expect(connect(bob, ann, 'friend', 'pending')).rejects.toMatchObject({
      constraint: 'user_connections_one_friendship',
    })
    await database.query("UPDATE user_connections SET status = 'accepted' WHERE target_id = $1 AND type = 'friend'", [
      bob,
    ])
    const friends = `SELECT CASE WHEN user_id = $1 THEN target_id ELSE user_id END AS friend FROM user_connections
      WHERE $1 IN (user_id, target_id) AND type = 'friend' AND status = 'accepted'`
    expect(await database.query(friends, [ann])).toEqual([{ friend: bob }])
    expect(await database.query(friends, [bob])).toEqual([{ friend: ann }])
    await database.query('DELETE FROM users WHERE id = $1', [bob])
    expect(await database.query('SELECT 1 FROM user_connections')).toEqual([])
  })
})

import { rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { freePort } from '../../packages/godwit/test/support/free-port.js'
import { buildPlatform, copyOf, expectDone, type Platform, variablesOf, variablesThrough } from './support/chatai.js'
import { documentedDatabaseHealth, documentedHealth, startService } from './support/chatai-service.js'
import { makeGate } from './support/gate.js'

let platform: Platform

beforeAll(async () => {
  platform = await buildPlatform()
})
afterAll(() => rm(dirname(platform.folder), { recursive: true, force: true }))

const down = {
  health: { ...documentedHealth, status: 'error', database: { status: 'disconnected', type: 'PostgreSQL' } },
  db: { status: 'error', database: 'disconnected', error: 'The database cannot be reached' },
}

/** A service whose database was there, and hangs. */
async function startHanging() {
  const database = await createDatabase(15)
  const gate = await makeGate(database.url)
  await gate.open()
  const service = await startService(platform, variablesThrough(gate, database))
  expect((await service.get('/health')).status).toBe(200)
  gate.hang()
  return service
}

describe('the routes', () => {
  test('both answer as documented while the database is there; Ctrl-C ends it with 0 and leaves no connection', async () => {
    const database = await createDatabase(15)
    const service = await startService(platform, variablesOf(database))
    expect(await service.get('/health')).toEqual({ status: 200, body: documentedHealth })
    expect(await service.get('/health/db')).toEqual({ status: 200, body: documentedDatabaseHealth })
    expect((await service.get('/health/migrations')).status).toBe(404)
    const { out, code } = await service.interrupt()
    expect(code).toBe(0)
    expect(out).not.toMatch(/ERROR|WARN/)
    const others = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
    expect(await database.query(others)).toEqual([])
  })

  test('with the database down: 503 and nothing about it; it is found again when it comes, and missed when it goes', async () => {
    const database = await createDatabase(15)
    const gate = await makeGate(database.url)
    const service = await startService(platform, variablesThrough(gate, database))
    expect(await service.get('/health')).toEqual({ status: 503, body: down.health })
    expect(await service.get('/health/db')).toEqual({ status: 503, body: down.db })
    await gate.open()
    expect(await service.get('/health/db')).toEqual({ status: 200, body: documentedDatabaseHealth })
    expect(await service.get('/health')).toEqual({ status: 200, body: documentedHealth })
    await gate.shut()
    expect(await service.get('/health')).toEqual({ status: 503, body: down.health })
    expect(await service.get('/health/db')).toEqual({ status: 503, body: down.db })
    await gate.open()
    expect(await service.get('/health')).toEqual({ status: 200, body: documentedHealth })
    const { out, code } = await service.interrupt('SIGTERM')
    expect(code).toBe(0)
    expect(out.match(/WARN.*The database cannot be reached; going on trying/g)).toHaveLength(1)
  })

  test('a database that hangs is down, too, and does not keep the service from ending', async () => {
    const service = await startHanging()
    expect(await service.get('/health')).toEqual({ status: 503, body: down.health })
    expect((await service.interrupt()).code).toBe(0)
  })

  test('who asks while it is told to end gets the answer; a request that never ends is cut', async () => {
    const service = await startHanging()
    const answer = service.get('/health')
    const endless = connect(service.port, 'localhost')
    endless.on('error', () => {}) // cut
    endless.write(
      'POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n',
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    const ended = service.interrupt('SIGTERM')
    expect(await answer).toEqual({ status: 503, body: down.health })
    expect((await ended).code).toBe(0)
  })

  test('what is not in the environment comes from .env; what is there wins', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const lines = { ...variablesOf(database), CORS_ORIGIN: 'https://chat.example', USER_SERVICE_PORT: '1' }
    await copy.write(
      '.env',
      Object.entries(lines)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    )
    const service = await startService(copy, {})
    expect((await service.get('/health/db')).status).toBe(200)
    const { headers } = await fetch(`http://localhost:${service.port}/health`)
    expect(headers.get('access-control-allow-origin')).toBe('https://chat.example')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
  })

  test('the service connects by itself once the database is there', async () => {
    const database = await createDatabase(15)
    const gate = await makeGate(database.url)
    await startService(platform, variablesThrough(gate, database))
    await gate.open()
    const others = 'select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'
    await vi.waitUntil(async () => (await database.query(others)).length > 0, { timeout: 20_000, interval: 200 })
  })
})

describe('what keeps the service from starting is said, and ends it with 1', () => {
  test.each(['DATABASE_PORT', 'USER_SERVICE_PORT'])('%s that is no port', async (name) => {
    const { out, code } = await platform.run('npm run start:prod', { [name]: '54o2' })
    expect(out).toContain(`❌ User Service did not start: ${name} must be a port number, not "54o2"`)
    expect(code).toBe(1)
  })

  test('a port that is taken', async () => {
    const port = await freePort()
    const other = createServer().listen(port)
    onTestFinished(() => void other.close())
    const { out, code } = await platform.run('npm run start:prod', { USER_SERVICE_PORT: String(port) })
    expect(out).toMatch(/❌ User Service did not start: listen EADDRINUSE/)
    expect(code).toBe(1)
  })
})

describe('MIGRATIONS_ON_BOOT', () => {
  test('check: refuses to start while migrations are pending, and starts behind them', async () => {
    const database = await createDatabase(15)
    const env = { ...variablesOf(database), MIGRATIONS_ON_BOOT: 'check' }
    const refused = await platform.run('node dist/main', env)
    expect(refused.out).toContain('❌ User Service did not start: Not applied yet: InitialSchema1736150400000.')
    expect(refused.code).toBe(1)
    expect(await database.query(`select from pg_tables where schemaname = 'public'`)).toEqual([])
    await expectDone(platform.run('npm run migration:run', env))
    const service = await startService(platform, env)
    expect(await service.get('/health/migrations')).toEqual({
      status: 200,
      body: { migrations: { status: 'up', pending: 0, failed: 0 } },
    })
    await expectDone(platform.run('npm run migration:revert', env))
    expect(await service.get('/health/migrations')).toEqual({
      status: 503,
      body: { migrations: { status: 'down', pending: 1, failed: 0 } },
    })
  })

  test('migrate: three instances at once, and the schema is made once, from what was built', async () => {
    const database = await createDatabase(15)
    const env = { ...variablesOf(database), MIGRATIONS_ON_BOOT: 'migrate' }
    const services = await Promise.all(Array.from({ length: 3 }, () => startService(platform, env)))
    for (const service of services) expect((await service.get('/health/migrations')).status).toBe(200)
    expect(await database.query('select name from migrations')).toEqual([{ name: 'InitialSchema1736150400000' }])
    expect(await expectDone(platform.run('npm run migration:show', env))).toMatch(/InitialSchema +applied/)
  })

  test('migrate by a role of its own; the service itself may not make a table', async () => {
    const database = await createDatabase(15)
    const role = `app_${database.name}`
    await database.query(`create role ${role} login password 'app'`)
    onTestFinished(async () => {
      await database.query(`drop owned by ${role}; drop role ${role}`)
    })
    const env = {
      ...variablesOf(database),
      DATABASE_USER: role,
      DATABASE_PASSWORD: 'app',
      MIGRATIONS_ON_BOOT: 'migrate',
    }
    const service = await startService(platform, { ...env, MIGRATION_DATABASE_URL: database.url })
    expect((await service.get('/health')).status).toBe(200)
    expect(await database.query(`select tableowner from pg_tables where tablename = 'users'`)).not.toEqual([
      { tableowner: role },
    ])
  })

  test('another word is refused', async () => {
    const { out, code } = await platform.run('node dist/main', { MIGRATIONS_ON_BOOT: 'yes' })
    expect(out).toContain(`❌ User Service did not start: onBoot must be 'off', 'check' or 'migrate', not 'yes'.`)
    expect(code).toBe(1)
  })
})

// The eight entries of the document's two troubleshooting lists: the trouble is made, says what the list says, and the solution is run.
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import {
  buildPlatform,
  copyOf,
  expectDone,
  type Platform,
  shared,
  variablesOf,
  variablesThrough,
} from './support/chatai.js'
import { startService } from './support/chatai-service.js'
import { makeGate } from './support/gate.js'

let platform: Platform

beforeAll(async () => {
  platform = await buildPlatform()
})
afterAll(() => rm(dirname(platform.folder), { recursive: true, force: true }))

describe('common issues', { timeout: 180_000 }, () => {
  test("1 Cannot find module '@chatai/shared'", async () => {
    const copy = await copyOf(platform)
    await expectDone(copy.run('pnpm clean', {}, shared))
    const { out, code } = await copy.run('pnpm build')
    expect(out).toContain("Cannot find module '@chatai/shared'")
    expect(code).toBe(1)
    const built = await expectDone(copy.run(['cd packages/shared', 'pnpm build', 'ls -la dist/'], {}, '.'))
    expect(built).toContain('index.js')
    await expectDone(copy.run('pnpm build'))
  })

  test('2 Connection refused: the service waits for the database that is started again', async () => {
    const database = await createDatabase(15)
    const gate = await makeGate(database.url)
    const env = variablesThrough(gate, database)
    const { out, code } = await platform.run('npm run migration:run', env)
    expect(out).toMatch(/GODWIT_CONNECTION_REFUSED.*the connection was refused/)
    expect(code).toBe(8)
    const service = await startService(platform, env)
    expect((await service.get('/health/db')).status).toBe(503)
    await gate.open()
    expect((await service.get('/health/db')).status).toBe(200)
    await expectDone(platform.run('npm run migration:run', env))
  })

  test('3 a migration fails with "relation already exists": show, revert, run', async () => {
    const database = await createDatabase(15)
    const env = variablesOf(database)
    await database.query('create table users (id int)')
    const failed = await platform.run('npm run migration:run', env)
    expect(failed.out).toContain('relation "users" already exists')
    expect(failed.out).toContain('src/migrations/1736150400000-InitialSchema.ts')
    expect(failed.code).toBe(7)
    // Nothing of it is left: neither types nor a row of the history.
    expect(await database.query(`select from pg_type where typname = 'users_role_enum'`)).toEqual([])
    const shown = await expectDone(platform.run('npx typeorm migration:show -d dist/data-source.js', env))
    expect(shown).toContain('[ ] InitialSchema1736150400000')
    await database.query('drop table users')
    await expectDone(platform.run('npx typeorm migration:run -d dist/data-source.js', env))
    await expectDone(platform.run('npx typeorm migration:revert -d dist/data-source.js', env))
    await expectDone(platform.run('npx typeorm migration:run -d dist/data-source.js', env))
    expect(await expectDone(platform.run('npm run migration:show', env))).toMatch(/InitialSchema +applied/)
  })

  test('4 the seed fails: the tables are made anew, and it goes through', async () => {
    const database = await createDatabase(15)
    const env = variablesOf(database)
    const { out, code } = await platform.run('pnpm seed', env)
    expect(out).toContain("❌ Seed failed: The seed 'seed' fills users, which is not there.")
    expect(code).toBe(1)
    await expectDone(platform.run('npx typeorm migration:run -d dist/data-source.js', env))
    await database.query('alter table users drop column role')
    expect((await platform.run('pnpm seed', env)).out).toMatch(/^❌ Seed failed: .*role/m)
    await expectDone(platform.run('npx typeorm migration:revert -d dist/data-source.js', env))
    await expectDone(platform.run('npx typeorm migration:run -d dist/data-source.js', env))
    expect(await expectDone(platform.run('pnpm seed', env))).toContain('🎉 Seed completed successfully!')
  })

  test('5 TypeScript errors in entities: named by file, and gone behind clean, build and install', async () => {
    const copy = await copyOf(platform)
    const entity = join(shared, 'src/entities/user.entity.ts')
    const text = await copy.read(entity)
    await copy.write(entity, text.replace('name!: string', 'name!: strng'))
    const { out, code } = await copy.run('pnpm build', {}, shared)
    expect(out).toMatch(/src\/entities\/user\.entity\.ts.*error TS\d+: Cannot find name 'strng'/)
    expect(code).not.toBe(0)
    await copy.write(entity, text)
    const solution = [
      'cd packages/shared',
      'pnpm clean',
      'pnpm build',
      'cd ../../services/user-service',
      'pnpm install',
    ]
    await expectDone(copy.run(solution, {}, '.'))
    await expectDone(copy.run('pnpm build'))
  })
})

describe('migrations', { timeout: 180_000 }, () => {
  test('6 a migration already exists: its row is deleted by hand, and what is there is recorded without a reset', async () => {
    const database = await createDatabase(15)
    const env = variablesOf(database)
    await expectDone(platform.run('npm run migration:run', env))
    await expectDone(platform.run('pnpm seed', env))
    await database.query(`DELETE FROM migrations WHERE name = 'InitialSchema1736150400000'`)
    expect(await expectDone(platform.run('npm run migration:show', env))).toMatch(/InitialSchema +pending/)
    expect((await platform.run('npm run migration:run', env)).out).toContain('already exists')
    await expectDone(platform.run('npx godwit resolve InitialSchema --applied', env))
    expect(await expectDone(platform.run('npm run migration:show', env))).toMatch(/InitialSchema +applied/)
    expect(await expectDone(platform.run('npx typeorm migration:show -d dist/data-source.js', env))).toContain('[X]')
    expect(await database.query('select from users')).toHaveLength(3)
  })

  test('7 TypeORM cannot find entities: the shared package is built', async () => {
    const database = await createDatabase(15)
    const env = variablesOf(database)
    const copy = await copyOf(platform)
    await expectDone(copy.run('pnpm clean', env, shared))
    const line = 'npx typeorm migration:show -d src/data-source.ts'
    const { out, code } = await copy.run(line, env)
    expect(out).toMatch(/Cannot find module '.*shared\/dist\/index\.js'/)
    expect(code).toBe(1)
    // Godwit's own reads the source meanwhile.
    expect(await expectDone(copy.run('npm run migration:show', env))).toMatch(/InitialSchema +pending/)
    await expectDone(copy.run(['cd ../../packages/shared', 'pnpm build'], env))
    expect(await expectDone(copy.run(line, env))).toContain('[ ] InitialSchema1736150400000')
  })

  test('8 connection issues: what is wrong in .env is named', async () => {
    const database = await createDatabase(15)
    const copy = await copyOf(platform)
    const right = variablesOf(database)
    const withEnv = async (changed: Record<string, string>) => {
      const lines = Object.entries({ ...right, ...changed }).map(([name, value]) => `${name}=${value}\n`)
      await copy.write('.env', lines.join(''))
      return copy.run('npm run migration:show')
    }
    expect((await withEnv({ DATABASE_PASSWORD: 'wrong-one' })).out).toMatch(
      /GODWIT_CONNECTION_PASSWORD: .* refused the password of user/,
    )
    expect((await withEnv({ DATABASE_PASSWORD: 'wrong-one' })).out).not.toContain('wrong-one')
    expect((await withEnv({ DATABASE_NAME: 'nowhere' })).out).toMatch(/nowhere/)
    expect((await withEnv({ DATABASE_HOST: 'no-such-host.invalid' })).out).toMatch(/no-such-host\.invalid/)
    expect((await withEnv({ DATABASE_PORT: '5432x' })).out).toContain(
      'DATABASE_PORT must be a port number, not "5432x"',
    )
    expect(await withEnv({})).toMatchObject({ code: 0, out: expect.stringMatching(/InitialSchema +pending/) })
  })
})

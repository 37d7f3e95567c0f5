import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { type Clone, cloneOf } from './support/clone.js'

const migrations = 'src/database/migrations'

/** `backend/` with the set-up of the document behind it. */
async function backend() {
  const database = await createDatabase()
  const clone = await cloneOf('typeorm-backend', { within: 'backend' })
  await ran(clone, ['cd backend', 'cp .env.example .env'], '.')
  // "Edit .env with your database connection details".
  await clone.write('.env', `DATABASE_URL=${database.url}\n`)
  return { database, clone }
}

async function ran(clone: Clone, line: string | string[], at?: string): Promise<string> {
  const { code, out } = await clone.run(line, {}, at)
  expect(code, `${line}\n${out}`).toBe(0)
  return out
}

async function files({ folder }: Clone): Promise<string[]> {
  return (await readdir(join(folder, migrations))).sort()
}

const tables = `SELECT coalesce(string_agg(tablename, ' ' ORDER BY tablename), '') AS names FROM pg_tables
  WHERE schemaname = 'public' AND tablename <> 'migrations'`
const shop = 'customers order_items orders products'

describe("the document's workflow", { timeout: 240_000 }, () => {
  test('from .env to the double revert', async () => {
    const { database, clone } = await backend()
    const names = async () => (await database.query<{ names: string }>(tables))[0]?.names
    await ran(clone, 'npm run build')
    expect(await ran(clone, 'npm run migration:run')).toContain('2 migrations applied')
    expect(await names()).toBe(shop)
    expect(await ran(clone, 'npm run migration:show')).toMatch(/InitialSchema +applied[\s\S]*AddIndexes +applied/)

    await ran(clone, 'npm run build')
    await ran(clone, 'npm run migration:generate -- -n AddUserTable')
    const [generated = ''] = (await files(clone)).slice(2)
    expect(generated).toMatch(/^\d{13}-AddUserTable\.ts$/)
    expect(await clone.read(`${migrations}/${generated}`)).toContain('CREATE TABLE "users"')
    expect(await ran(clone, 'npm run migration:run')).toContain('AddUserTable')
    expect(await names()).toBe(`${shop} users`)
    await ran(clone, 'npm run migration:revert')
    expect(await names()).toBe(shop)
    await ran(clone, 'npm run migration:run')
    expect(await names()).toBe(`${shop} users`)

    await ran(clone, 'npm run migration:create -- -n MigrationName')
    expect((await files(clone)).slice(3)).toEqual([expect.stringMatching(/^\d{13}-MigrationName\.ts$/)])
    await ran(clone, 'npm run migration:run')
    await ran(clone, 'npm run migration:revert')
    await ran(clone, 'npm run migration:revert')
    expect(await names()).toBe(shop)
    const rows = await database.query('SELECT name FROM migrations ORDER BY id')
    expect(rows).toEqual([{ name: 'InitialSchema1699123456789' }, { name: 'AddIndexes1699123567890' }])
  })

  test('without a build it is the same, and what is built is the same migration', async () => {
    const { clone } = await backend()
    await ran(clone, 'npm run migration:run')
    await ran(clone, 'npm run migration:generate -- -n MigrationName')
    await ran(clone, 'npm run migration:run')
    await ran(clone, 'npm run build')
    expect(await ran(clone, 'npm run migration:show')).toMatch(/3 migrations: 3 applied/)
    const config = await clone.read('godwit.config.ts')
    await clone.write(
      'godwit.config.ts',
      config.replaceAll("'src/", "'dist/").replace('data-source.ts', 'data-source.js'),
    )
    expect(await ran(clone, 'npm run migration:show')).toMatch(/3 migrations: 3 applied/)
    expect(await ran(clone, 'npm run migration:run')).toContain('Nothing to do')
  })

  test('in the wrong order, and twice: nothing is done that was not asked for', async () => {
    const { database, clone } = await backend()
    const early = await clone.run('npm run migration:revert')
    expect(early).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to') })
    expect(await ran(clone, 'npm run migration:show')).toMatch(/InitialSchema +pending/)
    await ran(clone, 'npm run migration:generate -- -n AddUserTable')
    await ran(clone, 'npm run migration:run')
    expect(await ran(clone, 'npm run migration:run')).toContain('Nothing to do')
    const again = await clone.run('npm run migration:generate -- -n AddUserTable')
    expect(again.code).not.toBe(0)
    expect(await files(clone)).toHaveLength(3)
    expect(await database.query('SELECT count(*)::int AS rows FROM migrations')).toEqual([{ rows: 3 }])
  })

  test('an applied file that was edited is refused, with the way out', async () => {
    const { database, clone } = await backend()
    await ran(clone, 'npm run migration:run')
    await ran(clone, 'npm run migration:create -- -n Next')
    const file = `${migrations}/1699123567890-AddIndexes.ts`
    await clone.write(file, (await clone.read(file)).replace('CREATE INDEX', 'CREATE UNIQUE INDEX'))
    const refused = await clone.run('npm run migration:run')
    expect(refused.code).toBe(5)
    expect(refused.out).toMatch(/AddIndexes[\s\S]*godwit resolve/)
    expect(await database.query('SELECT count(*)::int AS rows FROM migrations')).toEqual([{ rows: 2 }])
  })

  test('with the database down: one clear message, no password in it', async () => {
    const { clone } = await backend()
    const inEnv = (url: string) => clone.write('.env', `DATABASE_URL=${url}\n`)
    await inEnv('postgres//postgres:secret@127.0.0.1/backend')
    const mistyped = await clone.run('npm run migration:run')
    expect(mistyped).toMatchObject({ code: 2, out: expect.stringContaining('The database URL is not valid') })
    expect(mistyped.out).not.toContain('secret')
    await inEnv('postgres://postgres:secret@127.0.0.1:1/backend')
    for (const line of ['npm run migration:run', 'npm run migration:show', 'npm run migration:revert']) {
      const { code, out } = await clone.run(line)
      expect(code, line).toBe(8)
      expect(out).toContain('127.0.0.1:1')
      expect(out).not.toContain('secret')
    }
    // Neither needs one.
    await ran(clone, 'npm run migration:generate -- -n AddUserTable')
    await ran(clone, 'npm run migration:create -- -n Next')
  })
})

describe("the document's troubleshooting", { timeout: 240_000 }, () => {
  test('"Cannot find module": names the file that asks for it, and what to do', async () => {
    const { clone } = await backend()
    const file = 'src/entities/user.ts'
    await clone.write(
      file,
      `import { money } from './money'\n${await clone.read(file)}\nexport const price = money(1)\n`,
    )
    const { code, out } = await clone.run('npm run migration:generate -- -n AddUserTable')
    expect(code).not.toBe(0)
    expect(out).toMatch(/Cannot find module '\.\/money', imported by src\/entities\/user\.ts/)
    expect(await files(clone)).toHaveLength(2)

    await clone.write('src/entities/money.ts', 'export const money = (amount: number) => amount * 100\n')
    await ran(clone, 'npm run build')
    await ran(clone, 'npm run migration:generate -- -n AddUserTable')
    expect(await files(clone)).toHaveLength(3)
  })

  test('"No changes in database schema": an exit code of its own, the entities that were found, the files that hold none', async () => {
    const { clone } = await backend()
    await ran(clone, 'npm run migration:generate -- -n AddUserTable')
    const none = await clone.run('npm run migration:generate -- -n Again')
    expect(none.code).toBe(4)
    expect(none.out).toContain('No changes in database schema')
    expect(none.out).toContain('found: Customer, Order, OrderItem, Product, User')

    await clone.write('src/entities/refund.ts', 'export class Refund {\n  id!: number\n}\n')
    const undecorated = await clone.run('npm run migration:generate -- -n AddRefunds')
    expect(undecorated.code).toBe(4)
    expect(undecorated.out).toContain('src/entities/refund.ts')

    await clone.write(
      'src/entities/refund.ts',
      `import { Entity, PrimaryGeneratedColumn } from 'typeorm'\n
@Entity('refunds')
export class Refund {
  @PrimaryGeneratedColumn()
  id!: number
}
`,
    )
    await ran(clone, 'npm run build')
    await ran(clone, 'npm run migration:generate -- -n AddRefunds')
    expect(await clone.read(`${migrations}/${(await files(clone)).at(-1)}`)).toContain('CREATE TABLE "refunds"')
  })
})

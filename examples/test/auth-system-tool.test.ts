import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { type Clone, cloneOf } from './support/clone.js'

const auth = '1736236800000_auth-system'
const tool = 'npx ts-node src/tools/migrations.ts'

async function fresh(env: Record<string, string> = {}) {
  const database = await createDatabase()
  return { database, clone: await cloneOf('auth-system', { env: { DATABASE_URL: database.url, ...env } }) }
}

// The tool's types are checked at each start of the first test, and not again in the others: that takes 3 s a start.
const unchecked = { TS_NODE_TRANSPILE_ONLY: '1' }

async function migrations({ folder }: Clone): Promise<string[]> {
  return (await readdir(join(folder, 'migrations'))).sort()
}

// As the document prints it: the type is not imported.
const documented = `// In a new migration file
export function up(pgm: MigrationBuilder): void {
  pgm.addColumn("users", {
    custom_field: { type: "text" },
  });
}

export function down(pgm: MigrationBuilder): void {
  pgm.dropColumn("users", "custom_field");
}
`

describe('the commands of the document', { timeout: 240_000 }, () => {
  test('status, migrate, rollback, each also where there is nothing to do', async () => {
    const { database, clone } = await fresh()
    const pending = await clone.run(`${tool} status`)
    expect(pending).toEqual({ code: 0, out: `pending  ${auth}\n0 executed, 1 pending\n` })
    expect(await clone.run(`${tool} rollback`)).toEqual({ code: 0, out: 'Nothing was executed.\n' })
    expect(await clone.run(`${tool} migrate`)).toEqual({ code: 0, out: `executed  ${auth}\n` })
    expect(await clone.run(`${tool} migrate`)).toEqual({ code: 0, out: 'Nothing is pending.\n' })
    expect((await clone.run(`${tool} status`)).out).toBe(`executed  ${auth}\n1 executed, 0 pending\n`)
    expect(await database.query('select name from pgmigrations')).toEqual([{ name: auth }])
    expect(await clone.run(`${tool} rollback`)).toEqual({ code: 0, out: `rolled back  ${auth}\n` })
    expect(await database.query("select to_regclass('users') as users")).toEqual([{ users: null }])
  })

  test('auth writes the whole system once; a second time is refused and names the file', async () => {
    const { database, clone } = await fresh(unchecked)
    const before = await clone.read(`migrations/${auth}.ts`)
    const refused = await clone.run(`${tool} auth`)
    expect(refused).toMatchObject({ code: expect.any(Number), out: expect.stringContaining(`migrations/${auth}.ts`) })
    expect(refused.code).not.toBe(0)
    expect(await migrations(clone)).toEqual([`${auth}.ts`])

    await rm(join(clone.folder, 'migrations'), { recursive: true })
    const written = await clone.run(`${tool} auth`)
    const [file = ''] = await migrations(clone)
    expect(file).toMatch(/^\d{13}_auth-system\.ts$/)
    expect(written).toEqual({ code: 0, out: `created  migrations/${file}\n` })
    expect(await clone.read(`migrations/${file}`)).toBe(before)
    expect((await clone.run(`${tool} migrate`)).code).toBe(0)
    const [made] = await database.query<{ tables: number }>(
      "select count(*)::int as tables from pg_tables where schemaname = 'public' and tablename <> 'pgmigrations'",
    )
    expect(made).toEqual({ tables: 10 })
  })

  test('create, and the customising example as it is printed', async () => {
    const { database, clone } = await fresh(unchecked)
    expect((await clone.run(`${tool} migrate`)).code).toBe(0)
    expect((await clone.run(`${tool} create add-custom-field`)).code).toBe(0)
    const file = (await migrations(clone)).find((name) => /^\d{13}_add-custom-field\.ts$/.test(name)) ?? ''
    await clone.write(`migrations/${file}`, documented)
    expect((await clone.run(`${tool} migrate`)).out).toBe(`executed  ${file.replace('.ts', '')}\n`)
    const columns = () =>
      database.query("select data_type from information_schema.columns where column_name = 'custom_field'")
    expect(await columns()).toEqual([{ data_type: 'text' }])
    expect((await clone.run(`${tool} rollback`)).code).toBe(0)
    expect(await columns()).toEqual([])
  })

  test('in the wrong order: each says what is missing or changes nothing, and what comes later is taken up', async () => {
    const { database, clone } = await fresh(unchecked)
    await rm(join(clone.folder, 'migrations'), { recursive: true })
    for (const command of ['rollback', 'migrate', 'status'])
      expect(await clone.run(`${tool} ${command}`), command).toMatchObject({
        code: 2,
        out: expect.stringContaining('The folder of the migrations is not there: migrations'),
      })
    // A change of a table that is not there yet.
    expect((await clone.run(`${tool} create add-custom-field`)).code).toBe(0)
    const [early = ''] = await migrations(clone)
    await clone.write(`migrations/${early}`, documented)
    const failed = await clone.run(`${tool} migrate`)
    expect(failed).toMatchObject({ code: 7, out: expect.stringContaining('relation "users" does not exist') })
    expect(await database.query("select to_regclass('users') as users")).toEqual([{ users: null }])
    expect((await clone.run(`${tool} status`)).out).toContain('0 executed, 1 pending\n')

    expect((await clone.run(`${tool} auth`)).code).toBe(0)
    await rm(join(clone.folder, 'migrations', early))
    expect((await clone.run(`${tool} migrate`)).out).toMatch(/^executed {2}\d{13}_auth-system\n$/)
  })

  test('a wrong command and a missing name are told, and nothing is written', async () => {
    const { clone } = await fresh(unchecked)
    expect(await clone.run(`${tool} rolback`)).toMatchObject({
      code: 2,
      out: expect.stringContaining("There is no command 'rolback'."),
    })
    expect(await clone.run(`${tool} create`)).toMatchObject({ code: 2, out: expect.stringContaining('Which name?') })
    expect(await migrations(clone)).toEqual([`${auth}.ts`])
  })

  test('with the database down: one clear message, no password in it; what writes a file needs none', async () => {
    const { clone } = await fresh(unchecked)
    const down = { DATABASE_URL: 'postgres://postgres:secret@127.0.0.1:1/auth' }
    for (const command of ['migrate', 'status', 'rollback']) {
      const { code, out } = await clone.run(`${tool} ${command}`, down)
      expect([command, code]).toEqual([command, 8])
      expect(out).toContain('127.0.0.1:1')
      expect(out).not.toContain('secret')
    }
    expect((await clone.run(`${tool} create add-custom-field`, down)).code).toBe(0)
    expect(await migrations(clone)).toHaveLength(2)
  })
})

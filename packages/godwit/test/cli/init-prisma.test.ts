import { spawn } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { richDatabase } from '../catalog/rich-database.js'
import { createDatabase } from '../support/database.js'
import { type Outcome, start } from './run-cli.js'

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/** A Prisma project as Prisma 7 has it, with what Godwit needs to generate. */
function project(files: Record<string, string>, url?: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-init-prisma-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const put = (more: Record<string, string>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  const config = `process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= ${JSON.stringify(join(modules, '.bin/godwit-schema-engine'))}
export default { schema: 'prisma/schema.prisma', datasource: { url: process.env.DATABASE_URL } }\n`
  put({ 'package.json': '{ "name": "shop", "type": "module" }', 'prisma.config.ts': config, ...files })
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  for (const name of ['@prisma', 'prisma', 'pg', 'godwit', '@electric-sql/pglite'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name), 'junction')
  const given = url === undefined ? {} : { DATABASE_URL: url }
  const { PATH = '', HOME = '' } = process.env
  return {
    folder,
    put,
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
    migrations: () => readdirSync(join(folder, 'prisma/migrations')).sort(),
    run: (...args: string[]) => start(folder, given, args).ended,
    prisma: (...args: string[]) =>
      new Promise<Outcome>((resolve) => {
        const env = { PATH, HOME, ...given, CHECKPOINT_DISABLE: '1', NO_COLOR: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' }
        const child = spawn(process.execPath, [join(modules, 'prisma/build/index.js'), ...args], { cwd: folder, env })
        const texts = { stdout: '', stderr: '' }
        for (const name of ['stdout', 'stderr'] as const)
          child[name].setEncoding('utf8').on('data', (piece: string) => {
            texts[name] += piece
          })
        child.on('close', (code) => resolve({ code, ...texts }))
      }),
  }
}

const head = 'datasource db {\n  provider = "postgresql"\n}\n\n'
const needed = JSON.stringify({ name: 'shop', type: 'module', devDependencies: { godwit: '1', pg: '8' } })
const behind = `${head}/// Who may come in.\nmodel User {\n  id Int @id\n}\n`

describe('init --from-database', () => {
  test('the migration of its documentation, the models, a row as Prisma writes it; Prisma finds all of it up to date', async () => {
    const database = await createDatabase()
    await database.query(richDatabase)
    const { folder, run, prisma, migrations, read } = project({}, database.url)
    const begun = await run('init', '--from-database')
    expect([begun.stderr, begun.code]).toEqual(['', 0])
    expect(migrations()).toEqual(['0_init', 'migration_lock.toml'])
    expect(readdirSync(join(folder, 'prisma/migrations/0_init'))).toEqual(['migration.sql'])
    expect(read('prisma/schema.prisma')).toMatch(
      /schemas {2}= \["public", "app", "odd Schema"\][\s\S]*\nmodel orders \{/,
    )
    const rows = await database.query(
      'SELECT migration_name, logs, applied_steps_count, rolled_back_at, finished_at = started_at AS at_once FROM _prisma_migrations',
    )
    expect(rows).toEqual([
      { migration_name: '0_init', logs: '', applied_steps_count: 0, rolled_back_at: null, at_once: true },
    ])
    expect((await prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!')
    expect((await run('generate', 'x')).code).toBe(4)

    const fresh = await createDatabase()
    const anew = project({ 'prisma/schema.prisma': read('prisma/schema.prisma') }, fresh.url)
    anew.put({ 'prisma/migrations/0_init/migration.sql': read('prisma/migrations/0_init/migration.sql') })
    anew.put({ 'prisma/migrations/migration_lock.toml': read('prisma/migrations/migration_lock.toml') })
    expect((await anew.prisma('migrate', 'deploy')).stdout).toContain('successfully applied')
    expect((await anew.run('status', '--check')).code).toBe(0)
  }, 120_000)

  test('what the config leaves to others is not in it, and initShadowDb makes it where it is proven', async () => {
    const database = await createDatabase()
    const theirs = `CREATE SCHEMA auth; CREATE TYPE auth.mood AS ENUM ('good'); CREATE TABLE auth.accounts (id serial PRIMARY KEY, mood auth.mood)`
    await database.query(`${theirs}; COMMENT ON TYPE auth.mood IS 'theirs'; ALTER TABLE auth.accounts ADD only_here int UNIQUE;
      ALTER TABLE auth.accounts ENABLE ROW LEVEL SECURITY;
      CREATE TABLE users (id int PRIMARY KEY REFERENCES auth.accounts, mood auth.mood)`)
    const { run, put, read } = project({}, database.url)
    const config = {
      schema: 'prisma/schema.prisma',
      experimental: { externalTables: true },
      tables: { external: ['auth.accounts'] },
      enums: { external: ['auth.mood'] },
    }
    put({ 'prisma.config.ts': `export default ${JSON.stringify(config)}\n` })
    const unknown = await run('init', '--from-database', '--database-url', database.url)
    expect(unknown.stderr).toMatch(/GODWIT_BASELINE_UNPROVEN.*"auth.mood" does not exist/)
    const made = { ...config, migrations: { initShadowDb: theirs } }
    put({ 'prisma.config.ts': `export default ${JSON.stringify(made)}\n` })
    const begun = await run('init', '--from-database', '--database-url', database.url)
    expect([begun.stderr, begun.code]).toEqual(['', 0])
    const sql = read('prisma/migrations/0_init/migration.sql')
    expect(sql).toContain('CREATE TABLE public.users')
    expect(sql).not.toMatch(/CREATE TABLE auth|CREATE TYPE|COMMENT|SEQUENCE/)
    expect((await run('generate', 'x')).stdout).toContain('No changes in database schema')
  }, 120_000)

  test('a schema that the URL names', async () => {
    const database = await createDatabase()
    await database.query('CREATE SCHEMA shop; CREATE TABLE shop.users (id int PRIMARY KEY)')
    const { run, prisma, read } = project({}, `${database.url}?schema=shop`)
    expect((await run('init', '--from-database')).stderr).toBe('')
    expect(read('prisma/schema.prisma')).not.toContain('schemas')
    expect((await prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!')
    expect((await run('generate', 'x')).code).toBe(4)
    const fresh = await createDatabase()
    expect((await run('up', '--database-url', `${fresh.url}?schema=shop`)).stdout).toContain('1 migration applied')
  }, 120_000)

  test('models that say the same are left as they are laid out', async () => {
    const untidy = `${head}model User {\n id Int @id\n  /// as on the card\n  name   String\n}\n`
    const { run, read } = await withUsers(untidy)
    const begun = await run('init', '--from-database')
    expect([begun.stderr, begun.stdout]).toEqual(['', expect.not.stringContaining('schema.prisma')])
    expect(read('prisma/schema.prisma')).toBe(untidy)
  })

  test('models that say something else are left where nobody agreed', async () => {
    const { run, read, migrations } = await withUsers(behind)
    expect((await run('init', '--from-database')).stdout).toContain(
      'Left as it is, though the database says something else: prisma/schema.prisma. To write what the database says: npx godwit pull\n',
    )
    expect(read('prisma/schema.prisma')).toBe(behind)
    expect(migrations()).toContain('0_init')
  })

  test('models that say something else are written anew with --yes', async () => {
    const { run, read } = await withUsers(behind)
    expect((await run('init', '--from-database', '--yes')).stdout).toContain('prisma/schema.prisma')
    expect(read('prisma/schema.prisma')).toMatch(
      /\/\/\/ Who may come in\.\nmodel User \{\n {2}id +Int +@id\n {2}name +String\n/,
    )
    expect((await run('generate', 'x')).code).toBe(4)
  })

  test('what only the models say is not lost by --yes', async () => {
    const more = `${behind}model Draft {\n  id Int @id\n}\n`
    const { run, read } = await withUsers(more)
    expect((await run('init', '--from-database', '--yes')).stdout).toContain('npx godwit pull --force')
    expect(read('prisma/schema.prisma')).toBe(more)
  })

  test('a schema without models gets them', async () => {
    const { run, read } = await withUsers(head)
    expect((await run('init', '--from-database')).stderr).toBe('')
    expect(read('prisma/schema.prisma')).toContain('model User {')
  })
})

async function withUsers(schema: string) {
  const database = await createDatabase()
  await database.query('CREATE TABLE "User" (id int PRIMARY KEY, name text NOT NULL)')
  return project({ 'prisma/schema.prisma': schema }, database.url)
}

describe('init --generate', () => {
  test('writes the first migration from the schema, without a database', async () => {
    const { run, migrations, read } = project({ 'prisma/schema.prisma': behind })
    const begun = await run('init', '--generate')
    expect([begun.stderr, begun.code]).toEqual(['', 0])
    expect(begun.stdout).toMatch(/Next: .*[\s\S]*npx godwit up\n$/)
    const [name = '', lock] = migrations()
    expect([name, lock]).toEqual([expect.stringMatching(/^\d{14}_init$/), 'migration_lock.toml'])
    expect(read(`prisma/migrations/${name}/migration.sql`)).toContain('CREATE TABLE "User"')
    expect((await run('generate', 'again')).code).toBe(4)
  })

  test('what it writes is applied, and Prisma agrees', async () => {
    const database = await createDatabase()
    const { run, prisma } = project({ 'prisma/schema.prisma': behind }, database.url)
    expect((await run('init', '--generate', '-n', 'Begin Here')).stdout).toContain('_begin_here/migration.sql')
    expect((await run('up')).stdout).toContain('1 migration applied')
    expect((await prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!')
  })

  test('without the flag the command is said; a schema without models is no beginning', async () => {
    const { run, put, folder } = project({ 'prisma/schema.prisma': head, 'package.json': needed })
    expect((await run('init')).stdout).toMatch(/Next: npx godwit status\n$/)
    rmSync(join(folder, 'godwit.config.js'), { force: true })
    rmSync(join(folder, 'godwit.config.ts'), { force: true })
    put({ 'prisma/schema.prisma': behind })
    expect((await run('init')).stdout).toMatch(/Next: npx godwit generate init\n$/)
  })

  test.each([
    ['errors in it', { 'prisma/schema.prisma': behind.replace('Int', 'Imt') }, 'GODWIT_PRISMA_SCHEMA'],
    ['no schema at all', {}, 'GODWIT_PRISMA_NO_SCHEMA'],
  ])('a schema with %s is told, and nothing is written', async (_, files, code) => {
    const { run, folder } = project(files)
    const before = readdirSync(folder, { recursive: true }).filter((name) => !`${name}`.startsWith('node_modules'))
    const refused = await run('init', '--generate')
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(code)])
    const after = readdirSync(folder, { recursive: true }).filter((name) => !`${name}`.startsWith('node_modules'))
    expect(after).toEqual(before)
  })
})

import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { describe, expect, inject, test } from 'vitest'
import { type Catalog, difference, readCatalog } from '../../src/catalog/read.js'
import { richDatabase } from '../catalog/rich-database.js'
import { scratchProject } from '../loading/scratch-project.js'
import { createDatabase } from '../support/database.js'
import { type Outcome, start } from './run-cli.js'

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

type Run = (...args: string[]) => Promise<Outcome>

function project(files: Record<string, string | object>, url?: string): { folder: string; run: Run } {
  const folder = scratchProject({
    'package.json': { name: 'shop', devDependencies: { typescript: '5' } },
    'tsconfig.json': {
      include: ['src'],
      compilerOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
    },
    ...files,
  })
  mkdirSync(join(folder, 'node_modules/@electric-sql'), { recursive: true })
  for (const name of ['typeorm', 'pg', 'reflect-metadata', 'node-pg-migrate', '@electric-sql/pglite'])
    symlinkSync(join(modules, name), join(folder, 'node_modules', name))
  const env = url === undefined ? {} : { DATABASE_URL: url }
  return { folder, run: (...args) => start(folder, env, args).ended }
}

async function catalogOf(url: string): Promise<Catalog> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const catalog = new Map(await readCatalog(client))
    const own = / (?:godwit|public\.(?:migrations|pgmigrations|godwit_migrations|typeorm_metadata))(?:[._]|$)/
    for (const key of catalog.keys()) if (own.test(key)) catalog.delete(key)
    return catalog
  } finally {
    await client.end()
  }
}

const same = { gone: [], made: [], changed: [] }
const dataSource = `import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', entities: ['src/entities/*.ts'], migrations: ['src/migrations/*.ts'] })`
const entity = `import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm'
@Entity('notes') export class Note {
  @PrimaryGeneratedColumn() id!: number
  @Column({ length: 20 }) @Index() title!: string
  @Column({ type: 'int', generatedType: 'STORED', asExpression: 'id * 2' }) twice!: number
}`
const typeorm = { 'src/data-source.ts': dataSource, 'src/entities/note.ts': entity }
const formats: [string, Record<string, string | object>, string[], string][] = [
  ['sql', {}, ['--format', 'sql'], 'migrations'],
  [
    'node-pg-migrate',
    { 'package.json': { type: 'module', dependencies: { 'node-pg-migrate': '9' } } },
    [],
    'migrations',
  ],
  ['typeorm', { 'src/data-source.ts': dataSource }, [], 'src/migrations'],
]

describe.each(formats)('init --from-database, %s', (_format, files, flags, migrations) => {
  test('writes what is there, proves it, records it as applied, and makes it anew elsewhere', async () => {
    const database = await createDatabase()
    await database.query(richDatabase)
    const before = await catalogOf(database.url)
    const { folder, run } = project(files, database.url)
    const begun = await run('init', ...flags, '--from-database')
    expect(begun.stderr).toBe('')
    expect(begun.code).toBe(0)
    expect(begun.stdout).toMatch(/makes the same on PGlite \(PostgreSQL 18\), and is recorded as applied\./)
    expect(readdirSync(join(folder, migrations))).toHaveLength(1)
    const status = JSON.parse((await run('status', '--json')).stdout) as { migrations: { state: string }[] }
    expect(status.migrations.map(({ state }) => state)).toEqual(['applied'])
    expect(difference(before, await catalogOf(database.url))).toEqual(same)
    expect((await run('up')).stdout).toContain('othing')

    const fresh = await createDatabase()
    const applied = await run('up', '--database-url', fresh.url)
    expect(applied.stderr).toBe('')
    expect(difference(before, await catalogOf(fresh.url))).toEqual(same)
    expect((await run('down', '--database-url', fresh.url)).code).not.toBe(0)
    expect(difference(before, await catalogOf(fresh.url))).toEqual(same)

    const again = await run('init', '--from-database')
    expect(again.code).toBe(5)
    expect(again.stderr).toContain('it has a history, of 1 migrations')
  })
})

// Four commands, three of which make a shadow: beside other tests that is more than a minute.
test.each([
  ['public', typeorm],
  ['app', { ...typeorm, 'src/data-source.ts': dataSource.replace('{ type', "{ schema: 'app', type") }],
])(
  'what TypeORM noted down in %s goes along: generating finds nothing behind it',
  { timeout: 180_000 },
  async (schema, files) => {
    const database = await createDatabase()
    if (schema !== 'public') await database.query(`CREATE SCHEMA ${schema}`)
    const made = project(files, database.url)
    expect((await made.run('init', '--generate')).stderr).toBe('')
    expect((await made.run('up')).stdout).toContain('1 migration applied')
    await database.query(`DROP SCHEMA godwit CASCADE; DROP TABLE ${schema}.migrations`)

    const { folder, run } = project(files, database.url)
    const begun = await run('init', '--from-database', '-n', 'WhatWasThere')
    expect(begun.stderr).toBe('')
    const [file = ''] = readdirSync(join(folder, 'src/migrations'))
    expect(file).toMatch(/^\d{13}-WhatWasThere\.ts$/)
    const text = readFileSync(join(folder, 'src/migrations', file), 'utf8')
    expect(text).toContain(`INSERT INTO ${schema === 'public' ? '' : '"app".'}"typeorm_metadata"`)
    expect(text).not.toMatch(/CREATE TABLE \w+\.typeorm_metadata/)
    const check = await run('generate', '--check')
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('No changes in database schema')])
  },
)

test('init --generate writes the first migration from the entities, without a database', async () => {
  const { folder, run } = project(typeorm)
  const begun = await run('init', '--generate', '--json')
  expect(begun.code).toBe(0)
  const { first, next } = JSON.parse(begun.stdout) as { first: { files: string[]; written: boolean }; next: string }
  expect([first.written, next]).toEqual([true, 'npx godwit up'])
  expect(readFileSync(join(folder, first.files[0] ?? ''), 'utf8')).toContain('CREATE TABLE "notes"')
  expect((await run('generate', 'Again')).code).toBe(4)
})

test('off a terminal nothing is done unasked, and the next command is said', async () => {
  const database = await createDatabase()
  await database.query('CREATE TABLE a (id int)')
  const sql = project({ 'package.json': { devDependencies: { godwit: '1', pg: '8' } } }, database.url)
  const begun = await sql.run('init', '--format', 'sql')
  expect(begun.stdout).toMatch(/Next: npx godwit create <name>\n$/)
  expect(readdirSync(join(sql.folder, 'migrations'))).toEqual([])
  expect([...(await catalogOf(database.url)).keys()].filter((key) => key.startsWith('table '))).toEqual([
    'table public.a',
  ])
  // Set up already: only the migration is made.
  expect((await sql.run('init', '--from-database')).code).toBe(0)
  expect(readdirSync(join(sql.folder, 'migrations'))).toHaveLength(1)

  const entities = project({
    ...typeorm,
    'package.json': { devDependencies: { godwit: '1', pg: '8', typeorm: '1', 'reflect-metadata': '0' } },
  })
  expect((await entities.run('init')).stdout).toMatch(/Next: npx godwit generate Initial\n$/)
  expect(existsSync(join(entities.folder, 'src/migrations'))).toBe(false)
})

describe('is refused, and leaves neither files nor records', () => {
  async function refused(sql: string, flags: string[] = [], major: 15 | 18 = 18): Promise<Outcome> {
    const database = await createDatabase(major)
    await database.query(sql)
    const { folder, run } = project({}, database.url)
    const outcome = await run('init', '--format', 'sql', '--from-database', ...flags)
    expect(readdirSync(folder).sort()).toEqual(['node_modules', 'package.json', 'tsconfig.json'])
    expect((await catalogOf(database.url)).has('schema godwit')).toBe(false)
    return outcome
  }

  test('what cannot be written', async () => {
    const { code, stderr } = await refused('CREATE TABLE e (id int) PARTITION BY RANGE (id)')
    expect([code, stderr]).toEqual([2, expect.stringContaining('GODWIT_BASELINE_UNWRITABLE')])
    expect(stderr).toContain('partitioned table public.e')
  })

  test('what does not make itself again', async () => {
    const { code, stderr } = await refused(
      `CREATE TABLE gone (); CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.gone';
       CREATE MATERIALIZED VIEW m AS SELECT f(); DROP TABLE gone`,
    )
    expect([code, stderr]).toEqual([2, expect.stringContaining('GODWIT_BASELINE_UNPROVEN')])
    expect(stderr).toContain('relation "public.gone" does not exist')
    expect(stderr).toContain('CREATE MATERIALIZED VIEW public.m')
  })

  test('an empty database', async () => {
    expect((await refused('')).stderr).toContain('it holds nothing yet')
  })

  test('a name that is none', async () => {
    expect((await refused('CREATE TABLE a (id int)', ['-n', '..'])).stderr).toContain('GODWIT_NAME_UNUSABLE')
  })

  test('both flags', async () => {
    expect((await refused('CREATE TABLE a (id int)', ['--generate'])).stderr).toContain('cannot stand together')
  })

  test('a dry run', async () => {
    const { code, stdout } = await refused('CREATE TABLE a (id int)', ['--dry-run'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('would be recorded as applied')])
  })

  test('a shadow of another major', async () => {
    const { code, stderr } = await refused('CREATE TABLE a (id int)', [], 15)
    expect([code, stderr]).toEqual([2, expect.stringContaining(`Name a server of PostgreSQL ${inject('olderMajor')}`)])
  })
})

test('another major is proven on a server that is named', async () => {
  const database = await createDatabase(15)
  await database.query(richDatabase)
  const { run } = project({}, database.url)
  const begun = await run('init', '--format', 'sql', '--from-database', '--shadow', inject('servers').pg15)
  expect(begun.stderr).toBe('')
  expect(begun.stdout).toContain(`(PostgreSQL ${inject('olderMajor')}), and is recorded as applied.`)
})

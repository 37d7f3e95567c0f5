import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import type { Manifest } from '../../src/backup/manifest.js'
import { readCatalog } from '../../src/catalog/read.js'
import { richDatabase } from '../catalog/rich-database.js'
import { readWholeCatalogue } from '../support/catalogue.js'
import { createDatabase, type TestDatabase } from '../support/database.js'
import { hasPgBouncer, startPooler } from '../support/pooler.js'
import { describeWithTools, toolsAreNewest } from '../support/postgres-tools.js'
import { backupProject, errorOf, fakeTools } from './project.js'

// Its trigger is there to be read, and could not run.
const rows = `
ALTER TABLE public.orders DISABLE TRIGGER later;
INSERT INTO app.people (name, email, home, label) SELECT 'name ' || i, 'p' || i || '@x', '(street,"{a,b}",happy)', E'tab\\tand\\nline' FROM generate_series(1, 300) i;
INSERT INTO public.orders (person, during, total) SELECT id, tstzrange('2026-01-01'::timestamptz + id * interval '1 day', '2026-01-01'::timestamptz + id * interval '1 day' + interval '1 hour'), id FROM app.people;
INSERT INTO public.cache VALUES ('k', '\\x00ff');
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE public.orders ENABLE ALWAYS TRIGGER later;`

/** Every row of every table, in words. */
async function everyRow({ query }: TestDatabase): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1`,
  )
  const found: string[] = []
  for (const { name } of tables)
    for (const { line } of await query<{ line: string }>(`SELECT t::text AS line FROM ${name} t ORDER BY 1`))
      found.push(`${name} ${line}`)
  return found
}

async function catalogOf(url: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return new Map([...(await readCatalog(client))].map(([key, { says }]) => [key, says]))
}

async function named(name: string): Promise<string> {
  const admin = inject('servers').pg15
  const quoted = `"${name.replaceAll('"', '""')}"`
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: admin })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  await run(`create database ${quoted}`)
  onTestFinished(() => run(`drop database if exists ${quoted} with (force)`))
  const url = new URL(admin)
  url.pathname = `/${encodeURI(name)}`
  return url.toString()
}

const two = {
  'migrations/1_users.sql':
    "create table users (id int primary key, name text);\ninsert into users select i, 'n' || i from generate_series(1, 10) i;\n",
  'migrations/2_drop.sql': 'alter table users drop column name;\n',
}

describeWithTools('a database of PostgreSQL', () => {
  test('comes back with everything: catalogue, rows, sequences', async () => {
    const [database, other] = [await createDatabase(15), await createDatabase(15)]
    await database.query(richDatabase)
    await database.query(rows)
    const project = backupProject({ database: database.url, shadow: inject('servers').pg15 })
    const backup = await (await project.open()).backup()
    expect(backup).toMatchObject({
      kind: 'postgres',
      database: database.name,
      major: inject('olderMajor'),
      tool: expect.stringMatching(/^pg_dump \d/),
    })
    expect(backup.tables).toEqual(
      expect.arrayContaining([
        { name: 'app.people', rows: 300 },
        { name: 'public.cache', rows: 1 },
      ]),
    )

    const report = await (await project.open({ databaseUrl: other.url })).restore(backup.file)
    expect(report).toMatchObject({ database: other.name, dropped: [], backup: { database: database.name } })
    expect(await catalogOf(other.url)).toEqual(await catalogOf(database.url))
    expect(await readWholeCatalogue(other.query)).toEqual(await readWholeCatalogue(database.query))
    expect(await everyRow(other)).toEqual(await everyRow(database))
    expect(await other.query('SELECT last_value FROM app.numbers')).toEqual(
      await database.query('SELECT last_value FROM app.numbers'),
    )

    const tried = await (await project.open()).verifyBackup(backup.file)
    expect(tried).toMatchObject({
      tables: backup.tables.length,
      on: expect.stringContaining(`PostgreSQL ${inject('olderMajor')}`),
    })
    const left = await database.query("SELECT datname FROM pg_database WHERE datname LIKE 'godwit_shadow%'")
    expect(left).toEqual([])
  })

  test('what stands beside it says what it is, for its owner alone, and holds neither password nor rows', async () => {
    const database = await createDatabase(15)
    const project = backupProject({ database: database.url }, two)
    await (await project.open()).up({ to: '1_users' })
    const { file } = await (await project.open()).backup()
    const text = readFileSync(`${file}.json`, 'utf8')
    const manifest = JSON.parse(text) as Manifest
    expect(manifest).toMatchObject({
      version: 1,
      database: database.name,
      history: { name: 'godwit_migrations', applied: 1, last: '1_users' },
      size: statSync(file).size,
    })
    expect(Date.now() - Date.parse(manifest.time)).toBeLessThan(60_000)
    expect(text).not.toContain(new URL(database.url).password)
    expect(text).not.toContain('n10')
    expect(statSync(file).mode & 0o77).toBe(0)
    expect(readdirSync(join(project.folder, 'backups')).sort()).toEqual(
      ['.gitignore', manifest.file, `${manifest.file}.json`].sort(),
    )
  })

  test('the counts are of the very snapshot that is dumped', async () => {
    const database = await createDatabase(15)
    await database.query(
      'create table t (n int); insert into t select generate_series(1, 200000); create table u (n int)',
    )
    const project = backupProject({ database: database.url, shadow: inject('servers').pg15 })
    const ended = { is: false }
    const writing = (async () => {
      while (!ended.is) await database.query('insert into u values (1); insert into t values (0)')
    })()
    try {
      const { file } = await (await project.open()).backup()
      expect((await (await project.open()).verifyBackup(file)).tables).toBe(2)
    } finally {
      ended.is = true
      await writing
    }
  })

  test('with anything in the names of database, role and password', async () => {
    const admin = inject('servers').pg15
    const role = `o'dd =role ${Date.now()}`
    const password = `p@ss w'or\\d:/#?&="%`
    const client = new pg.Client({ connectionString: admin })
    await client.connect()
    onTestFinished(() => client.end())
    await client.query(
      `create role ${client.escapeIdentifier(role)} login superuser password ${client.escapeLiteral(password)}`,
    )
    const url = new URL(await named(`o'dd =host=x\\"$(id) ${Date.now()}`))
    onTestFinished(async () => {
      await client.query(`drop role ${client.escapeIdentifier(role)}`)
    })
    url.username = encodeURIComponent(role)
    url.password = encodeURIComponent(password)
    const project = backupProject({ database: url.toString() })
    const { file } = await (await project.open()).backup()
    const other = new URL(url)
    other.pathname = new URL(await named(`an 'other' ${Date.now()}`)).pathname
    expect(await (await project.open({ databaseUrl: other.toString() })).restore(file)).toMatchObject({ dropped: [] })
    // No table is left that would hold the role.
  })

  test.skipIf(!hasPgBouncer)('not through a transaction pooler', async () => {
    const database = await createDatabase(15)
    const pooler = await startPooler(database.url)
    onTestFinished(() => pooler.stop())
    const project = backupProject({ database: pooler.through(database.url) })
    const error = await errorOf((await project.open()).backup())
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_POOLED', exitCode: 5 })
    expect(readdirSync(join(project.folder, 'backups'))).toEqual(['.gitignore'])
  })

  test('as Prisma names it: the schema of its URL is not the only one that is kept', async () => {
    const database = await createDatabase(15)
    await database.query('create schema shop; create table shop.a (n int); create table public.b (n int)')
    const url = new URL(database.url)
    url.searchParams.set('schema', 'shop')
    url.searchParams.set('connection_limit', '3')
    const schema = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
    const project = backupProject(
      { format: 'prisma', migrations: undefined, database: url.toString() },
      { 'prisma/schema.prisma': schema },
    )
    const { tables } = await (await project.open()).backup()
    expect(tables.map(({ name }) => name)).toEqual(['public.b', 'shop.a'])
  })
})

describeWithTools('no backup, and no half a file', () => {
  async function refused(over: { env?: Record<string, string>; file?: string; major?: 15 | 18 }) {
    const database = await createDatabase(over.major ?? 15)
    await database.query('create table a (n int)')
    const project = backupProject({ database: database.url })
    const { PATH = '', HOME = '' } = process.env
    const opened = await project.open({ env: { PATH, HOME, ...over.env } })
    const error = await errorOf(opened.backup(over.file === undefined ? {} : { file: over.file }))
    const folder = join(project.folder, 'backups')
    const left = existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.gitignore') : []
    return { error, left, project }
  }

  test('where there is no tool: how to get it', async () => {
    const { error, left } = await refused({ env: { GODWIT_PG_BIN: fakeTools({}) } })
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_TOOL', exitCode: 2 })
    expect(error.message).toBe(`There is no pg_dump here, and PostgreSQL ${inject('olderMajor')} needs it.`)
    expect(error.hint).toContain(`apt install postgresql-client-${inject('olderMajor')}`)
    expect(left).toEqual([])
  })

  test('where the tool is too old', async () => {
    const { error, left } = await refused({
      env: { GODWIT_PG_BIN: fakeTools({ pg_dump: "echo 'pg_dump (PostgreSQL) 12.22'" }) },
    })
    expect(error).toMatchObject({
      code: 'GODWIT_BACKUP_TOOL',
      message: `The pg_dump here is too old (12.22) for PostgreSQL ${inject('olderMajor')}.`,
    })
    expect(left).toEqual([])
  })

  test.skipIf(toolsAreNewest)('of a server that is newer than the tools', async () => {
    const { error } = await refused({ major: 18 })
    expect(error.code).toBe('GODWIT_BACKUP_TOOL')
    expect(error.hint).toContain('postgresql-client-18')
  })

  test('where the disk is full', async () => {
    const tool = `case "$1" in --version) echo 'pg_dump (PostgreSQL) 15.1';; *) for a; do case "$a" in --file=*) echo half > "\${a#--file=}";; esac; done
echo 'pg_dump: error: could not write to output file: No space left on device' >&2; exit 1;; esac`
    const { error, left } = await refused({ env: { GODWIT_PG_BIN: fakeTools({ pg_dump: tool }) } })
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_FAILED', exitCode: 7 })
    expect(error.message).toContain('No space left on device')
    expect(left).toEqual([])
  })

  test('where the folder cannot be written', async () => {
    const { error } = await refused({ file: 'package.json/x.dump' })
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_FILE', exitCode: 2 })
    expect(error.message).toContain('EEXIST: file already exists, mkdir')
  })

  test('where there is one of that name already', async () => {
    const { error, project } = await refused({ file: 'package.json' })
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_FILE' })
    expect(error.message).toContain('it is there already')
    expect(readFileSync(join(project.folder, 'package.json'), 'utf8')).toBe('{ "name": "shop" }')
  })

  test('where a table may not be read', async () => {
    const database = await createDatabase(15)
    const role = `reader_${database.name}`
    await database.query(`create table a (n int); create role ${role} login password 'x'`)
    onTestFinished(async () => void (await database.query(`drop role ${role}`).catch(() => {})))
    const url = new URL(database.url)
    Object.assign(url, { username: role, password: 'x' })
    const project = backupProject({ database: url.toString() })
    const error = await errorOf((await project.open()).backup())
    expect(error.message).toContain('permission denied for table a')
    expect(readdirSync(join(project.folder, 'backups'))).toEqual(['.gitignore'])
    await database.query(`drop role ${role}`)
  })
})

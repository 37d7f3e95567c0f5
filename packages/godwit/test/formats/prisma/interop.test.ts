import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Direction, MigrationFile } from '../../../src/engine/migration.js'
import type { StepRecord, TableFormat } from '../../../src/formats/contract.js'
import { openPrismaFormat } from '../../../src/formats/prisma/index.js'
import { createDatabase, type TestDatabase } from '../../support/database.js'
import { openPrismaEngine, type PrismaEngine } from '../../support/prisma-engine.js'

const table = 'public._prisma_migrations'

interface Setup {
  database: TestDatabase
  engine: PrismaEngine
  format: TableFormat
  put: (name: string, up: string, down?: string) => Promise<void>
  /** Runs one migration as Godwit's engine does: script and record in one transaction. */
  run: (name: string, direction: Direction) => Promise<void>
  step: (name: string) => Promise<StepRecord>
  applied: () => Promise<{ name: string; outcome: string }[]>
  rows: () => Promise<Record<string, unknown>[]>
}

async function setup(major: 15 | 18 = 18): Promise<Setup> {
  const database = await createDatabase(major)
  const projectDir = await mkdtemp(join(tmpdir(), 'godwit-prisma-'))
  onTestFinished(() => rm(projectDir, { recursive: true, force: true }))
  const folder = join(projectDir, 'prisma/migrations')
  await mkdir(folder, { recursive: true })
  const context = { projectDir, migrations: undefined, section: undefined, warn() {}, verbose() {}, env: {} }
  const format = await openPrismaFormat(context)
  const file = async (name: string): Promise<MigrationFile> => {
    const found = (await format.list()).find((one) => one.name === name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  const step = async (name: string) => ({ name, file: await file(name), statements: 3, startedAt: 'now()' })
  return {
    database,
    engine: await openPrismaEngine(database.url, folder),
    format,
    step,
    put: async (name, up, down) => {
      await mkdir(join(folder, name), { recursive: true })
      await writeFile(join(folder, name, 'migration.sql'), up)
      if (down !== undefined) await writeFile(join(folder, name, 'down.sql'), down)
    },
    run: async (name, direction) => {
      const body = await format.load(await file(name), direction)
      let text = ''
      if (body?.kind === 'script') for await (const piece of body.script.read()) text += piece
      const { recordUp, recordDown } = format.history
      const record = (direction === 'up' ? recordUp : recordDown)(table, await step(name))
      await database.query(`begin;\n${text}\n;${record};commit`)
    },
    applied: () => database.query(format.history.read(table)),
    rows: () => database.query(`select * from ${table} order by started_at, id`),
  }
}

/** What two rows must have in common: everything but ids and times, of which the kind is kept. */
function shape(row: Record<string, unknown> | undefined): unknown {
  const { id, started_at, finished_at, rolled_back_at, logs, ...rest } = row ?? {}
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  const kind = (value: unknown) => (value instanceof Date ? 'time' : value)
  const sameTime = finished_at instanceof Date && started_at instanceof Date && +finished_at === +started_at
  return {
    ...rest,
    started_at: kind(started_at),
    finished_at: kind(finished_at),
    rolled_back_at: kind(rolled_back_at),
    logs,
    sameTime,
  }
}

const catalogue = `select a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid) as default,
  (select json_agg(json_build_object('name', c.conname, 'is', pg_get_constraintdef(c.oid)) order by c.conname)
   from pg_constraint c where c.conrelid = a.attrelid) as constraints
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = '${table}'::regclass and a.attnum > 0 order by a.attnum`

test.each([15, 18] as const)('makes the table that Prisma makes on PostgreSQL %i', async (major) => {
  const prisma = await setup(major)
  await prisma.put('1_a', 'select 1')
  await prisma.engine.apply()
  const godwit = await createDatabase(major)
  await godwit.query(prisma.format.history.create(table))
  const [theirs, ours] = [await prisma.database.query(catalogue), await godwit.query(catalogue)]
  expect(theirs).toHaveLength(8)
  expect(ours).toEqual(theirs)
})

test('writes the rows that Prisma writes: applied, marked as applied, begun and finished', async () => {
  const { engine, format, put, run, step, database, rows } = await setup()
  await put('1_theirs', 'create table a (id int);\r\ncreate table b (id int)')
  await put('2_empty', '-- This is an empty migration.')
  await engine.apply()
  await put('3_theirs', 'select 1')
  await engine.markApplied('3_theirs')
  await put('4_ours', 'create table c (id int)')
  await run('4_ours', 'up')
  await put('5_empty', '-- This is an empty migration.')
  await run('5_empty', 'up')
  await put('6_ours', 'select 2')
  await database.query(format.history.resolveApplied(table, await step('6_ours')))
  await put('7_begun', 'select 3')
  await database.query(format.history.recordStart!(table, await step('7_begun')))
  await database.query(format.history.recordUp(table, await step('7_begun')))
  const byName = new Map((await rows()).map((row) => [row.migration_name, shape(row)]))
  const like = (theirs: string, ours: string, checksum: string | undefined) =>
    expect(byName.get(ours)).toEqual({ ...(byName.get(theirs) as object), migration_name: ours, checksum })
  like('1_theirs', '4_ours', (await step('4_ours')).file?.checksum)
  like('2_empty', '5_empty', (await step('2_empty')).file?.checksum)
  like('3_theirs', '6_ours', (await step('6_ours')).file?.checksum)
  like('1_theirs', '7_begun', (await step('7_begun')).file?.checksum)
  expect(byName.get('1_theirs')).toMatchObject({ checksum: (await step('1_theirs')).file?.checksum, sameTime: false })
  expect(byName.get('3_theirs')).toMatchObject({ logs: '', applied_steps_count: 0, sameTime: true })
  expect(await engine.diagnose()).toMatchObject({ editedMigrationNames: [], failedMigrationNames: [], history: null })
})

test('Godwit undoes what Prisma applied, and Prisma applies it again', async () => {
  const { engine, put, run, applied, database, rows } = await setup()
  await put('1_a', 'create table a (id int)', 'drop table a')
  await put('2_b', 'create table b (id int)', 'drop table b')
  expect(await engine.apply()).toEqual(['1_a', '2_b'])
  expect(await applied()).toMatchObject([
    { name: '1_a', outcome: 'applied' },
    { name: '2_b', outcome: 'applied' },
  ])
  await run('2_b', 'down')
  expect(await database.query(`select to_regclass('b') as b`)).toEqual([{ b: null }])
  expect(await applied()).toMatchObject([{ name: '1_a' }])
  expect(await engine.diagnose()).toMatchObject({
    editedMigrationNames: [],
    failedMigrationNames: [],
    history: { diagnostic: 'databaseIsBehind', unappliedMigrationNames: ['2_b'] },
  })
  expect(await engine.apply()).toEqual(['2_b'])
  expect((await rows()).map((row) => [row.migration_name, row.rolled_back_at !== null])).toEqual([
    ['1_a', false],
    ['2_b', true],
    ['2_b', false],
  ])
  expect(await applied()).toMatchObject([{ name: '1_a' }, { name: '2_b', outcome: 'applied' }])
})

test('Prisma goes on behind what Godwit applied', async () => {
  const { engine, format, put, run, applied, database } = await setup()
  await database.query(format.history.create(table))
  await put('1_a', '\uFEFFcreate table a (id int);', 'drop table a')
  await run('1_a', 'up')
  await run('1_a', 'down')
  await run('1_a', 'up')
  await put('2 "b\'.sql', 'create table b (id int)')
  expect(await engine.diagnose()).toMatchObject({
    editedMigrationNames: [],
    history: { diagnostic: 'databaseIsBehind', unappliedMigrationNames: ['2 "b\'.sql'] },
  })
  expect(await engine.apply()).toEqual(['2 "b\'.sql'])
  expect(await applied()).toMatchObject([{ name: '1_a' }, { name: '2 "b\'.sql', outcome: 'applied' }])
})

test('a failure of either is a failure for both, and each settles it for the other', async () => {
  const { engine, format, put, step, run, applied, database, rows } = await setup()
  await put('1_bad', 'select nope')
  await expect(engine.apply()).rejects.toThrow()
  expect(await applied()).toMatchObject([{ name: '1_bad', outcome: 'failed', applied_at: expect.any(Date) }])
  await database.query(format.history.resolveRolledBack(table, await step('1_bad')))
  expect(await applied()).toEqual([])
  expect((await engine.diagnose()).failedMigrationNames).toEqual([])
  await put('1_bad', 'select 1')
  expect(await engine.apply()).toEqual(['1_bad'])

  await put('2_bad', 'select nope')
  await database.query(format.history.recordStart!(table, await step('2_bad')))
  await database.query(format.history.recordFailure!(table, await step('2_bad'), "it's\nbroken"))
  expect((await rows()).at(-1)).toMatchObject({ finished_at: null, logs: "it's\nbroken", applied_steps_count: 0 })
  expect((await engine.diagnose()).failedMigrationNames).toEqual(['2_bad'])
  await expect(engine.apply()).rejects.toThrow(/failed migrations/)
  await engine.markRolledBack('2_bad')
  expect((await applied()).map((row) => row.name)).toEqual(['1_bad'])

  await database.query(format.history.recordFailure!(table, await step('2_bad'), 'again'))
  expect((await engine.diagnose()).failedMigrationNames).toEqual(['2_bad'])
  await put('2_bad', 'select 2')
  await run('2_bad', 'up')
  expect(await applied()).toMatchObject([{ name: '1_bad' }, { name: '2_bad', outcome: 'applied' }])
  expect(await engine.diagnose()).toMatchObject({ failedMigrationNames: [], editedMigrationNames: [], history: null })

  await put('3_bad', 'select nope')
  await expect(engine.apply()).rejects.toThrow()
  await database.query(format.history.resolveApplied(table, await step('3_bad')))
  expect((await rows()).filter((row) => row.migration_name === '3_bad').map((row) => row.logs === '')).toEqual([
    false,
    true,
  ])
  expect(await engine.diagnose()).toMatchObject({ failedMigrationNames: [], editedMigrationNames: [], history: null })
})

test('an edited migration that is settled is no longer edited for Prisma', async () => {
  const { engine, format, put, step, database, rows } = await setup()
  await put('1_a', 'select 1')
  await engine.apply()
  await put('1_a', 'select 2')
  expect((await engine.diagnose()).editedMigrationNames).toEqual(['1_a'])
  await database.query(format.history.acceptContent?.(table, await step('1_a')) ?? '')
  expect((await engine.diagnose()).editedMigrationNames).toEqual([])
  expect(await rows()).toHaveLength(1)
})

test('the other line ending is no edit, for Prisma and for Godwit', async () => {
  const { engine, put, step, applied } = await setup()
  await put('1_lf', 'select 1;\nselect 2;\n')
  await put('2_crlf', 'select 1;\r\nselect 2;\r\n')
  await engine.apply()
  await put('1_lf', 'select 1;\r\nselect 2;\r\n')
  await put('2_crlf', 'select 1;\nselect 2;\n')
  expect((await engine.diagnose()).editedMigrationNames).toEqual([])
  for (const row of (await applied()) as unknown as { name: string; checksum: string }[]) {
    const { file } = await step(row.name)
    expect(file?.checksum).not.toBe(row.checksum)
    expect(file?.sameChecksums).toContain(row.checksum)
  }
})

test('the order of applied migrations is the order in which they were applied', async () => {
  const { engine, put, applied, run } = await setup()
  await put('2_b', 'select 1')
  await engine.apply()
  await put('1_a', 'select 1')
  await run('1_a', 'up')
  expect((await applied()).map((row) => row.name)).toEqual(['2_b', '1_a'])
})

test('a failed row that no one settled weighs more than a finished one, for Prisma and for Godwit', async () => {
  const { engine, put, applied, database } = await setup()
  await put('1_a', 'select 1')
  await engine.apply()
  await database.query(
    `insert into ${table} (id, checksum, started_at, migration_name) values ('x', 'x', now() - interval '1 day', '1_a')`,
  )
  expect((await engine.diagnose()).failedMigrationNames).toEqual(['1_a'])
  expect(await applied()).toMatchObject([{ name: '1_a', outcome: 'failed' }])
})

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import type { TestTarget } from '../../../contract/subject.js'
import { createDatabase } from '../../../support/database.js'
import { hasPgBouncer, type Pooler, startPooler } from '../../../support/pooler.js'
import { seedProject } from './seed-project.js'

const cli = join(import.meta.dirname, '../../../../dist/cli.js')
const USERS = 'create table users (id int generated always as identity primary key, email text unique);'
const seed = { table: 'users', key: ['email'], rows: `[{ email: 'a' }, { email: 'b' }]` }

async function roleOf(target: TestTarget): Promise<{ name: string; url: string }> {
  const name = `seeder_${target.name}`
  await target.query(`create role ${name} login password 'secret'; grant all on schema public to ${name}`)
  onTestFinished(async () => {
    await target.query(`drop owned by ${name}; drop role ${name}`)
  })
  const url = new URL(target.url)
  url.username = name
  url.password = 'secret'
  return { name, url: url.toString() }
}

test('without the right to keep records seeds run all the same, with one warning', async () => {
  const target = await createDatabase()
  const role = await roleOf(target)
  const { rows, counts, warnings, query } = await seedProject({ ...target, url: role.url }, USERS)
  rows('users', seed)
  const before = warnings().length
  expect(await counts()).toEqual({ inserted: 2 })
  expect(warnings().length - before).toBe(1)
  expect(await counts()).toEqual({ unchanged: 2 })
  expect(await query(`select from pg_namespace where nspname = 'godwit'`)).toEqual([])
})

test('what init --print-sql prints is enough, also to clear; a schema of an older version is said to lack it', async () => {
  const target = await createDatabase()
  const role = await roleOf(target)
  const { rows, counts, seed: run, warnings, query, folder } = await seedProject({ ...target, url: role.url }, USERS)
  rows('users', seed)
  const { PATH = '' } = process.env
  const options = { cwd: folder, env: { PATH }, encoding: 'utf8' } as const
  const sql = execFileSync(process.execPath, [cli, 'init', '--print-sql', '--database-url', role.url], options)
  await query(sql)
  await query('drop table godwit.seed, godwit.seed_row')
  const before = warnings().length
  expect(await counts()).toEqual({ inserted: 2 })
  expect(warnings().slice(before)).toEqual([expect.stringContaining('godwit init --print-sql')])
  await query(sql)
  await query('delete from users')
  expect(await counts()).toEqual({ inserted: 2 })
  expect((await run({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([{ place: 'users', rows: 2 }])
  expect(await query('select outcome from godwit.seed order by id')).toEqual([
    { outcome: 'done' },
    { outcome: 'cleared' },
  ])
})

test('row security is kept: COPY cannot, so rows go another way; a row that a policy refuses is named', async () => {
  const target = await createDatabase()
  const role = await roleOf(target)
  const { rows, counts, fails, query } = await seedProject(
    { ...target, url: role.url },
    `${USERS} alter table users enable row level security; alter table users force row level security;
     create policy own on users using (true) with check (email <> 'never');`,
  )
  rows('users', seed)
  expect(await counts()).toEqual({ inserted: 2 })
  rows('users', { ...seed, rows: `[{ email: 'a' }, { email: 'c' }, { email: 'never' }]` })
  expect((await fails()).message).toMatch(/row 3 \(email = never\): .*row-level security/)
  expect(await query('select from users')).toHaveLength(2)
})

test('a reset forgets which rows seeds put there', async () => {
  const { rows, counts, seed: run, query, folder, target } = await seedProject(await createDatabase(), USERS)
  rows('users', seed)
  await counts()
  const { PATH = '' } = process.env
  execFileSync(process.execPath, [cli, 'reset', '--yes', '--no-seed', '--database-url', target.url], {
    cwd: folder,
    env: { PATH },
  })
  await query(`insert into users (email) values ('a')`)
  expect((await run({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([])
  expect(await query('select email from users')).toEqual([{ email: 'a' }])
})

describe.runIf(hasPgBouncer)('behind PgBouncer in transaction mode', () => {
  let pooler: Pooler
  beforeAll(async () => {
    pooler = await startPooler(inject('servers').pg18)
  })
  afterAll(() => pooler?.stop())

  test('rows and functions are put there and recorded, and cleared', async () => {
    const direct = await createDatabase()
    const { rows, put, seed: run, query } = await seedProject({ ...direct, url: pooler.through(direct.url) }, USERS)
    rows('users', seed)
    put(
      'more',
      `export const after = ['users']; export default async ({ db, upsert }) => { await db.query("set search_path to nowhere"); await upsert('public.users', ['email'], { email: 'c' }) }`,
    )
    for (const inserted of [2, 0]) {
      const { seeds, error } = await run()
      expect(error).toBeUndefined()
      expect(seeds[0]).toMatchObject({ name: 'users', inserted })
    }
    expect(await query('select email from users order by 1')).toEqual([{ email: 'a' }, { email: 'b' }, { email: 'c' }])
    expect((await run({ clear: 'seeded', clearOnly: true, yes: true })).cleared).toEqual([{ place: 'users', rows: 3 }])
  })
})

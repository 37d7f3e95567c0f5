import { expect, test } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'

const tables = `create schema s; create type public.e as enum ('a');
  create table public.l (v public.e); create table s.l (v public.e)`
const rows = 'select (select count(*)::int from s.l) as s, (select count(*)::int from public.l) as public'
const local = "set local search_path to s, public;\nalter type public.e add value 'b';\n"

test('what is set for one transaction holds in every part of it when it is split', async () => {
  const database = await createDatabase()
  await database.query(tables)
  const { project } = await sqlProject(database, { '1_a.sql': `${local}insert into l values ('b')` })
  expect((await project.up()).error).toBeUndefined()
  expect(await database.query(rows)).toEqual([{ s: 1, public: 0 }])
})

test('and also where another run goes on with it', async () => {
  const database = await createDatabase()
  await database.query(tables)
  const { project, put } = await sqlProject(database, { '1_a.sql': `${local}insert into l values ('b');\nselect nope` })
  expect((await project.up()).error).toMatchObject({ details: { left: 'part' } })
  put('1_a.sql', `${local}insert into l values ('b')`)
  expect((await project.up()).error).toBeUndefined()
  expect(await database.query(rows)).toEqual([{ s: 1, public: 0 }])
})

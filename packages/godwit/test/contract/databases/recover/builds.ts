import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type SqlProject, sqlProject } from '../../sql-project.js'
import type { TestTarget } from '../../subject.js'

const table = `create table t (a int, b text);\ninsert into t select i, 'x' || i from generate_series(1, 100) as i;`

/** A script with a statement between two tables. */
export function around(statement: string): string {
  return `create table u ();\n${statement};\ncreate table v ();`
}

/** A project whose first migration, which makes a table, is applied. */
export async function started(target: TestTarget, statement: string, options = {}): Promise<SqlProject> {
  const files = { '1_t.sql': table, '2_i.sql': around(statement) }
  const project = await sqlProject(target, files, options)
  await project.project.up({ to: '1_t' })
  return project
}

/** Goes on, and is done to the end. */
export async function resumes({ project, states }: SqlProject, target: TestTarget, statements: number): Promise<void> {
  const report = await project.up()
  expect(report.error).toBeUndefined()
  expect(report).toMatchObject({ steps: [{ name: '2_i', outcome: 'resumed', statements }], remaining: [] })
  expect(await states()).toEqual(['1_t applied', '2_i applied'])
  expect(await target.query(`select to_regclass('u')::text as u, to_regclass('v')::text as v`)).toEqual([
    { u: 'u', v: 'v' },
  ])
  expect(await target.query(`select count(*)::int as n from godwit_migrations`)).toEqual([{ n: 2 }])
}

/** What was told of going on. */
export function recoveries({ events }: SqlProject): string[] {
  return events.flatMap((event) => (event.type === 'recovery' ? [event.message] : []))
}

/** The indexes of the table. */
export function indexesOf(target: TestTarget): Promise<unknown[]> {
  return target.query(`select c.relname::text as name, i.indisvalid as valid from pg_index i
    join pg_class c on c.oid = i.indexrelid where i.indrelid = 't'::regclass order by 1`)
}

/** Until an index stands, INVALID, while its build waits for another session. */
export async function untilInvalid(target: TestTarget, name = '%'): Promise<void> {
  const found = `select from pg_index i join pg_class c on c.oid = i.indexrelid where not i.indisvalid and c.relname like '${name}'`
  while ((await target.query(found)).length === 0) await sleep(20)
}

/** An INVALID index that nobody builds. */
export async function invalidIndex(target: TestTarget, name: string): Promise<void> {
  await target.query(`create index ${name} on t (b)`)
  await target.query(`update pg_index set indisvalid = false where indexrelid = '${name}'::regclass`)
}

/** Ends the session that runs migrations. */
export async function endRunner(target: TestTarget): Promise<void> {
  await target.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and application_name like 'godwit%' and query ilike '%concurrently%'`)
}

import { expect, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { classProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

const making = (table: string) =>
  `async up(q) { await q.query('create table ${table} as select current_database() as name'); await q.query('select pg_sleep(0.3)') }`

test('two databases are migrated at once by one process with one DataSource: each gets its own', async () => {
  const databases = [await createDatabase(), await createDatabase()]
  const { folder } = await classProject(databases[0] as { url: string }, {
    A1700000000001: making('a'),
    B1700000000002: making('b'),
  })
  const open = ({ url }: { url: string }) => openProject({ cwd: folder, databaseUrl: url, env: {} })
  const projects = await Promise.all(databases.map(open))
  const reports = await Promise.all(projects.map((project) => project.up()))
  expect(reports.map(({ error }) => error)).toEqual([undefined, undefined])
  for (const database of databases) {
    const rows = await database.query('select name from a union all select name from b')
    expect(rows).toEqual([{ name: database.name }, { name: database.name }])
    expect(await database.query('select name from migrations')).toHaveLength(2)
  }
})

test.each(['opened twice', 'opened once'])(
  'one database is migrated twice at once by one process, %s: each migration once',
  async (how) => {
    const database = await createDatabase()
    const { project, again } = await classProject(database, {
      A1700000000001: making('a'),
      B1700000000002: making('b'),
    })
    const other = how === 'opened once' ? project : (await again()).project
    const reports = await Promise.all([project.up({ step: 1 }), other.up()])
    expect(reports.map(({ error }) => error)).toEqual([undefined, undefined])
    expect(await database.query('select name from migrations order by name')).toEqual([
      { name: 'A1700000000001' },
      { name: 'B1700000000002' },
    ])
  },
)

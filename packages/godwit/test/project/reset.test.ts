import { expect, onTestFinished, test } from 'vitest'
import { isProduction } from '../../src/project/production.js'
import { sqlProject } from '../contract/sql-project.js'
import { type Subject, servers, type TestTarget } from '../contract/subject.js'

const [, server] = servers as [Subject, Subject]
const files = {
  '1_a.sql': 'create table a ()',
  '1_a.down.sql': 'drop table a',
  '2_b.sql': 'create table b ()',
  '2_b.down.sql': 'drop table b',
}

test.each([
  ['by the downs', files],
  ['by dropping', { ...files, '3_c.sql': 'create table c ()' }],
])('a reset %s is refused while everything is there when one could not be applied again', async (_, all) => {
  const target = await server.open()
  const { project, put } = await sqlProject(target, all)
  await project.up()
  await target.query('create table by_hand ()')
  put('2_b.sql', '-- nothing')
  await expect(project.reset({ yes: true })).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION', exitCode: 2 })
  put('2_b.sql', "select 'never closed")
  await expect(project.reset({ yes: true })).rejects.toMatchObject({ code: 'GODWIT_SQL_UNTERMINATED' })
  put('2_b.sql', files['2_b.sql'])
  put('9_new.sql', '\\i other.sql')
  await expect(project.reset({ yes: true })).rejects.toMatchObject({ code: 'GODWIT_PSQL_COMMAND' })
  expect(await target.query(`select to_regclass('a')::text as a, to_regclass('by_hand')::text as kept`)).toEqual([
    { a: 'a', kept: 'by_hand' },
  ])
})

test('a reset of a read-only database is refused before anything else', async () => {
  const target = await server.open()
  const { project } = await sqlProject(target, files)
  await project.up()
  await target.query(`alter database ${target.name} set default_transaction_read_only = on`)
  for (const drop of [true, false])
    await expect(project.reset({ yes: true, drop })).rejects.toMatchObject({ code: 'GODWIT_READ_ONLY', exitCode: 5 })
})

test('a role that cannot read whether the database is marked as production destroys nothing', async () => {
  const target = await server.open()
  const { project, again } = await sqlProject(target, files)
  await project.up()
  await project.protect(true)
  await target.query('revoke all on schema godwit from public; revoke all on godwit.setting from public')
  const role = await roleThatOwns(target, ['a', 'b', 'godwit_migrations'])
  const limited = await again({ databaseUrl: role })
  const refused = { code: 'GODWIT_JOURNAL_UNREADABLE', exitCode: 5 }
  await expect(limited.reset({ yes: true })).rejects.toMatchObject(refused)
  await expect(limited.reset({ yes: true, drop: true })).rejects.toMatchObject(refused)
  await expect(limited.reset({ confirm: target.name, drop: true })).rejects.toMatchObject(refused)
  await expect(limited.down({ yes: true })).rejects.toMatchObject(refused)
  expect((await project.status()).migrations.map((m) => m.state)).toEqual(['applied', 'applied'])
})

test('every role may read the mark of a protected database, and nothing else of the journal', async () => {
  const target = await server.open()
  const { project } = await sqlProject(target, files)
  await project.up()
  await project.protect(true)
  const role = await roleThatOwns(target, ['a'])
  const name = new URL(role).username
  const rights = `has_schema_privilege('${name}', 'godwit', 'USAGE') as schema, has_table_privilege('${name}', 'godwit.setting', 'SELECT') as mark,
    has_table_privilege('${name}', 'godwit.setting', 'INSERT, UPDATE, DELETE') as write, has_table_privilege('${name}', 'godwit.step', 'SELECT') as journal`
  expect(await target.query(`select ${rights}`)).toEqual([{ schema: true, mark: true, write: false, journal: false }])
})

test('a mark that cannot be read counts as one', () => {
  expect(isProduction({ production: false, journal: 'denied' }, {})).toBe(true)
  expect(isProduction({ production: false, journal: 'absent' }, {})).toBe(false)
  expect(isProduction({ production: false, journal: 'ready' }, {})).toBe(false)
})

/** A role that may do what migrations do, and not read the journal; its URL. */
async function roleThatOwns(target: TestTarget, tables: readonly string[]): Promise<string> {
  const name = `role_${target.name}`
  await target.query(`create role ${name} login password 'secret'; grant all on schema public to ${name}`)
  for (const table of tables) await target.query(`alter table ${table} owner to ${name}`)
  onTestFinished(async () => void (await target.query(`drop owned by ${name}; drop role ${name}`)))
  const url = new URL(target.url)
  url.username = name
  url.password = 'secret'
  return url.toString()
}

import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'

/** What a role with few rights meets (rules 7 and 32). Servers only. */
export function rightsContract(subject: Subject): void {
  test('a role that may only read finds nothing to do, and writes nothing', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    const reader = await createRole(target)
    await target.query(`grant usage on schema godwit to ${reader.name};
      grant select on all tables in schema godwit, public to ${reader.name}`)
    const read = await again({ databaseUrl: reader.url })
    expect(await read.up()).toEqual({ direction: 'up', steps: [], remaining: [] })
    expect((await read.status()).migrations).toMatchObject([{ state: 'applied', by: expect.stringContaining('@') }])
    expect((await read.log({ name: 'a' })).runs).toMatchObject([{ steps: [{ name: '1_a', outcome: 'done' }] }])
  })

  test('a role that may read the history and not the journal finds nothing to do', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    const reader = await createRole(target)
    await target.query(`grant select on godwit_migrations to ${reader.name}`)
    for (const grant of ['', `grant usage on schema godwit to ${reader.name}`]) {
      await target.query(grant)
      const read = await again({ databaseUrl: reader.url })
      expect(await read.up()).toEqual({ direction: 'up', steps: [], remaining: [] })
      expect((await read.status()).migrations).toMatchObject([{ state: 'applied', by: null }])
      const message = expect.stringContaining("the journal in schema 'godwit'")
      await expect(read.log()).rejects.toMatchObject({ code: 'GODWIT_PERMISSION', exitCode: 8, message })
    }
  })

  test('a role that may not read the history is told so', async () => {
    const target = await subject.open()
    const { project, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    const reader = await createRole(target)
    const read = await again({ databaseUrl: reader.url })
    await expect(read.status()).rejects.toMatchObject({ code: 'GODWIT_PERMISSION', exitCode: 8 })
    await expect(read.up()).rejects.toMatchObject({ code: 'GODWIT_PERMISSION' })
  })

  test('without the right to make a schema there is no journal: said, and migrations are applied all the same', async () => {
    const target = await subject.open()
    const role = await createRole(target)
    await target.query(`grant all on schema public to ${role.name}`)
    const files = { '1_a.sql': 'create table a (id int)', '2_b.sql': 'vacuum a', '3_c.sql': 'create table c ()' }
    const { project, warnings, states, put } = await sqlProject({ url: role.url }, files)
    const report = await project.up()
    expect(report.steps.map((step) => step.outcome)).toEqual(['done', 'failed'])
    expect(report.error).toMatchObject({ code: 'GODWIT_JOURNAL_NEEDED', exitCode: 5, details: { left: 'nothing' } })
    expect(report.error?.hint).toContain('godwit init --print-sql')
    expect(warnings()).toEqual([expect.stringContaining("'godwit'")])
    put('2_b.sql', 'create table b ()')
    await project.up()
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
    put('1_a.sql', 'create table a (id bigint)')
    // The history keeps a checksum of its own here, so an edit shows as one that nobody can date.
    expect((await project.status()).migrations[0]).toMatchObject({
      state: 'applied',
      warning: 'edited-before-adoption',
    })
    expect(await target.query(`select to_regnamespace('godwit') as g`)).toEqual([{ g: null }])
  })

  test('without the right to make the history nothing is run', async () => {
    const target = await subject.open()
    const role = await createRole(target)
    await target.query('revoke create on schema public from public')
    const { project } = await sqlProject({ url: role.url }, { '1_a.sql': 'create temp table a ()' })
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_PERMISSION', exitCode: 8 })
  })

  test('a history table of another shape is refused, and stays as it is', async () => {
    const target = await subject.open()
    await target.query(
      `create table godwit_migrations (id int, title text);\ninsert into godwit_migrations values (1, 'x')`,
    )
    const { project } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    for (const call of [
      () => project.status(),
      () => project.plan('up'),
      () => project.up(),
      () => project.reset({ yes: true }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'GODWIT_HISTORY_SHAPE', exitCode: 2 })
    }
    expect(await target.query(`select *, to_regnamespace('godwit') as g from godwit_migrations`)).toEqual([
      { id: 1, title: 'x', g: null },
    ])
  })

  test('a read-only database with something to do is refused before anything is written', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await target.query(`alter database ${target.name} set default_transaction_read_only = on`)
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_READ_ONLY', exitCode: 5 })
    expect((await project.status()).migrations).toMatchObject([{ state: 'pending' }])
  })
}

async function createRole(target: TestTarget): Promise<{ name: string; url: string }> {
  const name = `role_${target.name}`
  await target.query(`create role ${name} login password 'secret'`)
  onTestFinished(async () => {
    await target.query(`reassign owned by ${name} to postgres; drop owned by ${name}; drop role ${name}`)
  })
  const url = new URL(target.url)
  url.username = name
  url.password = 'secret'
  return { name, url: url.toString() }
}

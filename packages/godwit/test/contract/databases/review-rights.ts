import { expect, onTestFinished, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject, TestTarget } from '../subject.js'

/** What few rights end in: a sentence with a way out, never a bug. Servers only. */
export function rightsReviewContract(subject: Subject): void {
  test('a journal that exists and cannot be read stops a run that has something to do', async () => {
    const target = await subject.open()
    const { project, again, put } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    const role = await createRole(target)
    await target.query(`grant create on schema public to ${role.name}; grant all on godwit_migrations to ${role.name}`)
    const few = await again({ databaseUrl: role.url })
    expect(await few.up()).toMatchObject({ steps: [], remaining: [] })
    put('2_b.sql', 'create table b ()')
    await expect(few.up()).rejects.toMatchObject({ code: 'GODWIT_JOURNAL_UNREADABLE', exitCode: 5 })
    expect(await target.query(`select to_regclass('b') as b`)).toEqual([{ b: null }])
  })

  test('a read-only database refuses what would write, by name', async () => {
    const target = await subject.open()
    const files = { '1_a.sql': 'create table a ()', '2_b.sql': 'create table b ()' }
    const { project, again, put } = await sqlProject(target, files)
    await project.up({ step: 1 })
    await target.query(`alter database ${target.name} set default_transaction_read_only = on`)
    const read = await again()
    const refused = expect.objectContaining({ code: 'GODWIT_READ_ONLY', exitCode: 5 })
    put('1_a.sql', 'create table a (id int)')
    await expect(read.resolve('1_a', 'applied')).rejects.toEqual(refused)
    await expect(read.resolve('1_a', 'rolled-back')).rejects.toEqual(refused)
    put('1_a.sql', 'create table a ()')
    await expect(read.up({ fake: true })).rejects.toEqual(refused)
    await expect(read.up()).rejects.toEqual(refused)
    await expect(read.protect(true)).rejects.toEqual(refused)
    expect((await read.status()).migrations.map(({ state }) => state)).toEqual(['applied', 'pending'])
  })

  test.each(['no', 'an empty'])('a read-only database with %s journal refuses the same way', async (which) => {
    const target = await subject.open()
    const { again, project } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    if (which === 'an empty') await project.protect(false)
    await target.query(`alter database ${target.name} set default_transaction_read_only = on`)
    const read = await again()
    const refused = expect.objectContaining({ code: 'GODWIT_READ_ONLY', exitCode: 5 })
    await expect(read.resolve('1_a', 'applied')).rejects.toEqual(refused)
    await expect(read.up({ fake: true })).rejects.toEqual(refused)
    await expect(read.protect(true)).rejects.toEqual(refused)
  })

  test('a role that may only read is told which right it lacks', async () => {
    const target = await subject.open()
    const files = { '1_a.sql': 'create table a ()', '1_a.down.sql': 'drop table a', '2_b.sql': 'create table b ()' }
    const { project, again, put } = await sqlProject(target, files)
    await project.up({ step: 1 })
    const reader = await createRole(target)
    await target.query(`grant usage on schema godwit to ${reader.name};
      grant select on all tables in schema godwit, public to ${reader.name}`)
    const read = await again({ databaseUrl: reader.url })
    const denied = expect.objectContaining({ code: 'GODWIT_PERMISSION', exitCode: 8 })
    await expect(read.up({ fake: true })).rejects.toEqual(denied)
    await expect(read.protect(true)).rejects.toEqual(denied)
    await expect(read.resolve('1_a', 'rolled-back')).rejects.toEqual(denied)
    put('1_a.sql', 'create table a (id int)')
    await expect(read.resolve('1_a', 'applied')).rejects.toEqual(denied)
    put('1_a.sql', 'create table a ()')
    for (const run of [() => read.up(), () => read.down({ yes: true })]) {
      const outcome = await run().then(
        ({ error }) => error,
        (error) => error,
      )
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^GODWIT_(PERMISSION|STATEMENT_FAILED)$/) })
    }
    expect((await project.status()).migrations.map(({ state }) => state)).toEqual(['applied', 'pending'])
  })
}

async function createRole(target: TestTarget): Promise<{ name: string; url: string }> {
  const name = `few_${target.name}`
  await target.query(`create role ${name} login password 'secret'`)
  onTestFinished(async () => {
    await target.query(`reassign owned by ${name} to postgres; drop owned by ${name}; drop role ${name}`)
  })
  const url = new URL(target.url)
  url.username = name
  url.password = 'secret'
  return { name, url: url.toString() }
}

import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

/** What is recorded is what was run, under its own name. */
export function recordContract(subject: Subject): void {
  test.each(['vacuum;', 'create table a ();', 'begin;\ncreate table a ();\ncommit;'])(
    'another client_encoding does not spoil the name in the history: %j',
    async (text) => {
      const target = await subject.open()
      const { project, states } = await sqlProject(target, { '1_über.sql': `set client_encoding = 'LATIN1';\n${text}` })
      expect((await project.up()).error).toBeUndefined()
      expect(await target.query('select name, length(name) as letters from godwit_migrations')).toEqual([
        { name: '1_über', letters: 6 },
      ])
      expect(await states()).toEqual(['1_über applied'])
    },
  )

  test('an edit that is accepted is the base from then on, also without the journal', async () => {
    const target = await subject.open()
    const { project, states, put, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    put('1_a.sql', 'create table a (id int)')
    expect(await states()).toEqual(['1_a edited'])
    const hash = async () => (await target.query<{ hash: string }>('select hash from godwit_migrations'))[0]?.hash
    const before = await hash()
    await project.resolve('1_a', 'applied')
    expect(await hash()).not.toBe(before)
    await target.query('drop schema godwit cascade')
    const [migration] = (await (await again()).status()).migrations
    expect(migration).toMatchObject({ name: '1_a', state: 'applied' })
    expect(migration?.warning).toBeUndefined()
  })

  test('one that was passed, applied and undone is as it was before; undone behind that one, it is passed no more', async () => {
    const target = await subject.open()
    const files = {
      '1_a.sql': 'create table a ()',
      '1_a.down.sql': 'drop table a',
      '2_b.sql': 'create table b ()',
      '2_b.down.sql': 'drop table b',
    }
    const { project, states } = await sqlProject(target, files)
    await project.up({ only: '2_b' })
    expect(await states()).toEqual(['1_a pending', '2_b applied'])
    await project.up()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect((await project.down({ only: '1_a' })).error).toBeUndefined()
    expect(await states()).toEqual(['1_a pending', '2_b applied'])
    await project.up()
    await project.down({ step: 2 })
    await project.up()
    expect((await project.down({ only: '1_a' })).error).toBeUndefined()
    expect(await states()).toEqual(['1_a out-of-order', '2_b applied'])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_OUT_OF_ORDER' })
  })

  test('a constraint that fails at the COMMIT says so', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {
      '1_a.sql': 'create table a (id int primary key deferrable initially deferred);\ninsert into a values (1), (1);',
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ details: { left: 'nothing', server: { code: '23505' } } })
    expect(error?.message).toMatch(/^at the COMMIT: /)
  })

  test.each([
    ['drop table godwit_migrations;', 'nothing'],
    ['begin;\ndrop table godwit_migrations;\ncommit;', 'nothing'],
    ['-- godwit: transaction=none\ndrop table godwit_migrations;', 'nothing'],
  ])('a migration that drops the history says that it could not be recorded: %j', async (text, left) => {
    const target = await subject.open()
    const { project } = await sqlProject(target, { '1_a.sql': text })
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', exitCode: 7, details: { left } })
    expect(error?.message).toMatch(/^while it was recorded: .*godwit_migrations/)
  })

  test('a name asked of no migrations at all is an unknown one', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {})
    for (const call of [() => project.resolve('nope', 'applied'), () => project.up({ to: 'nope' })]) {
      await expect(call()).rejects.toMatchObject({ code: 'GODWIT_UNKNOWN_MIGRATION', exitCode: 2 })
    }
  })
}

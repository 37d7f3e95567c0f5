import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

/** A migration that frees the lock has let other runners in: it is never recorded as done. */
export function freedLockContract(subject: Subject): void {
  test('in a transaction it is rolled back', async () => {
    const target = await subject.open()
    const { project, states, put } = await sqlProject(target, {
      '1_a.sql': 'create table a ();\nselect pg_advisory_unlock_all();',
      '2_b.sql': 'create table b ()',
    })
    const report = await project.up()
    expect(report.error).toMatchObject({ code: 'GODWIT_LOCK_FREED', exitCode: 7, details: { left: 'nothing' } })
    expect(report.steps).toHaveLength(1)
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
    put('1_a.sql', 'create table a ()')
    expect((await project.up()).steps).toHaveLength(2)
  })

  test.each([
    ['vacuum;\nselect pg_advisory_unlock_all();'],
    ['create table a ();\ndiscard all;'],
    ['begin;\ncreate table a ();\ncommit;\nbegin;\nselect pg_advisory_unlock_all();\ncommit;'],
  ])('outside of one transaction it is failed: %j', async (text) => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, { '1_a.sql': text, '2_b.sql': 'create table b ()' })
    const report = await project.up()
    expect(report.error).toMatchObject({ code: 'GODWIT_LOCK_FREED', details: { left: 'part' } })
    expect(report.error?.hint).toMatch(/godwit up$/)
    expect(report.steps).toHaveLength(1)
    expect(await states()).toEqual(['1_a failed', '2_b pending'])
    expect(await target.query('select * from godwit_migrations')).toEqual([])
  })
}

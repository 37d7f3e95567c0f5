import { describe, expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'
import { cleaningContract } from './review-cleaning.js'
import { largeSplitContract } from './review-large.js'
import { freedLockContract } from './review-lock.js'
import { recordContract } from './review-records.js'
import { rightsReviewContract } from './review-rights.js'
import { roleContract } from './review-roles.js'
import { runnersContract } from './review-runners.js'
import { stopContract } from './review-stop.js'

/** What a review found broken once, held right from then on. */
export function reviewContract(subject: Subject): void {
  describe('failures that left something', () => keptContract(subject))
  describe('large scripts that are split', () => largeSplitContract(subject))
  describe('a lock that a migration frees', () => freedLockContract(subject))
  describe('roles that a migration sets', () => roleContract(subject))
  describe('records', () => recordContract(subject))
  describe('a stop', () => stopContract(subject))
  if (!subject.server) return
  describe('cleaning', () => cleaningContract(subject))
  describe('two runners', () => runnersContract(subject))
  describe('few rights', () => rightsReviewContract(subject))
}

const twoCommits = `create procedure half() language plpgsql as $$ begin create table kept (); commit; perform 1/0; end $$`

/** A failure is called undone only when nothing of it is left. */
function keptContract(subject: Subject): void {
  test.each([
    ['a DO block that commits', 'do $$ begin create table kept (); commit; perform 1/0; end $$;'],
    ['a procedure that commits, outside of a transaction', '-- godwit: transaction=none\ncall half();'],
  ])('%s: what it committed is said and blocks the next run', async (_, text) => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, { '0_p.sql': twoCommits, '1_a.sql': text })
    const { error } = await project.up()
    expect(error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      details: { left: 'part', server: { code: '22012' } },
    })
    expect(error?.details.state?.join()).not.toMatch(/undone|nothing of it/)
    expect(error?.hint).toMatch(/resolve 1_a --applied.*resolve 1_a --rolled-back/)
    expect(await states()).toEqual(['0_p applied', '1_a failed'])
    expect(await target.query(`select to_regclass('kept')::text as kept`)).toEqual([{ kept: 'kept' }])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED' })
  })

  test('a transaction of its own keeps what it committed, whatever the header says', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': '-- godwit: transaction=one\nbegin;\ncreate table kept ();\ncommit;\nselect 1/0;',
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ details: { left: 'part', server: { code: '22012' } } })
    expect(error?.details.state).toEqual([
      '1_a: its first 3 statements are done and stay; the next run goes on behind them.',
    ])
    expect(await states()).toEqual(['1_a failed'])
    expect(await target.query(`select to_regclass('kept')::text as kept`)).toEqual([{ kept: 'kept' }])
  })

  test('a down that left a part is failed, and what is said of it is true of a down', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a ();\ncreate table b ();',
      '1_a.down.sql': '-- godwit: transaction=none\ndrop table a;\nselect 1/0;\ndrop table b;',
    })
    await project.up()
    const { error } = await project.down()
    expect(error).toMatchObject({ details: { left: 'part' } })
    expect(error?.hint).toMatch(/Mend the rest of its way back, then: godwit down$/)
    expect(await states()).toEqual(['1_a failed'])
    expect((await project.status()).migrations).toMatchObject([{ open: { direction: 'down', done: 1 } }])
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_UNFINISHED_DOWN', exitCode: 5 })
    await target.query('drop table b')
    await project.resolve('1_a', 'rolled-back')
    expect(await states()).toEqual(['1_a pending'])
  })

  test('COMMIT AND CHAIN at the end leaves nothing open', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'BEGIN; create table x (id int); COMMIT AND CHAIN;',
      '2_b.sql': 'create table b ()',
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(await target.query(`select to_regclass('x')::text as x`)).toEqual([{ x: 'x' }])
  })

  test.each([
    ['up', 'begin;\ncreate table a ();\ncommit;\nbegin;\ncreate table b ();', 'part'],
    ['up', 'begin;\ncreate table a ();', 'nothing'],
  ] as const)(
    '%s of a script that never ends its transaction: the way out fits what is left (%#)',
    async (_, text, left) => {
      const target = await subject.open()
      const { project, states } = await sqlProject(target, { '1_a.sql': text })
      const { error } = await project.up()
      expect(error).toMatchObject({ code: 'GODWIT_TRANSACTION_LEFT_OPEN', details: { left } })
      expect(error?.hint).toMatch(/godwit up$/)
      expect(await states()).toEqual([left === 'part' ? '1_a failed' : '1_a pending'])
    },
  )
}

import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const large = Array.from({ length: 3_000 }, (_, i) => `insert into t values ('${i} ${'x'.repeat(3_000)}');`).join('\n')

/** A stop that arrives between two statements, when the server has nothing to cancel, is not passed over. */
export function stopContract(subject: Subject): void {
  test.each([
    ['outside of a transaction', '-- godwit: transaction=none\ncreate table a ();\nselect 1;\ncreate table c ();'],
    [
      'in transactions of its own',
      'begin;\ncreate table a ();\ncommit;\nbegin;\nselect 1;\ncreate table c ();\ncommit;',
    ],
  ])('%s: the next statement is not begun', async (_, text) => {
    const target = await subject.open()
    const { project, states } = await stoppedAt('SELECT', target, { '1_a.sql': text, '2_b.sql': 'create table b ()' })
    const { error, steps } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_INTERRUPTED', exitCode: 130, details: { left: 'part' } })
    expect(error?.hint).toMatch(/goes on behind what is done: godwit up$/)
    expect(steps).toMatchObject([{ name: '1_a', outcome: 'failed' }])
    expect(
      await target.query(`select to_regclass('a')::text as a, to_regclass('b') as b, to_regclass('c') as c`),
    ).toEqual([{ a: 'a', b: null, c: null }])
    expect(await states()).toEqual(['1_a failed', '2_b pending'])
  })

  test('in a large script that is one transaction: it is undone', async () => {
    const target = await subject.open()
    const { project, states } = await stoppedAt('CREATE TABLE', target, {
      '1_a.sql': `create table t (note text);\n${large}\ncreate table last_one ();`,
    })
    expect((await project.up()).error).toMatchObject({ code: 'GODWIT_INTERRUPTED', details: { left: 'nothing' } })
    expect(await target.query(`select to_regclass('t') as t`)).toEqual([{ t: null }])
    expect(await states()).toEqual(['1_a pending'])
  })

  /** A project whose run is stopped when a statement of this tag is about to be sent. */
  async function stoppedAt(tag: string, target: { url: string }, files: Record<string, string>) {
    const controller = new AbortController()
    return sqlProject(target, files, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.type === 'statement' && event.tag === tag) controller.abort('SIGINT')
      },
    })
  }
}

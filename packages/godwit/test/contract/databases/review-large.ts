import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const note = 'x'.repeat(1_500)
const rows = 3_000
const type = `create type mood as enum ('a');\ncreate table t (m mood, note text);`

/** Scripts above 4 MB whose ADD VALUE must be committed before it is used. */
export function largeSplitContract(subject: Subject): void {
  test('every statement of it is run', async () => {
    const inserts = Array.from({ length: rows }, (_, i) => `insert into t values ('b', '${i} ${note}');`)
    await runsWhole(["insert into t values ('b', 'first');", ...inserts].join('\n'), rows + 1)
  })

  test('COPY data in it is sent whole', async () => {
    const data = Array.from({ length: rows }, (_, i) => `b\t${i} ${note}`).join('\n')
    await runsWhole(
      `insert into t values ('b', 'first');\ncopy t from stdin;\n${data}\n\\.\ninsert into t values ('b', 'last');`,
      rows + 2,
    )
  })

  async function runsWhole(body: string, expected: number): Promise<void> {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': type,
      '2_b.sql': `alter type mood add value 'b';\n${body}\ncreate table last_one ();`,
    })
    const report = await project.up()
    expect(report.error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
    expect(
      await target.query(`select count(*)::int as n, to_regclass('last_one')::text as last,
        (select mode from godwit.step where name = '2_b') as mode from t where m = 'b'`),
    ).toEqual([{ n: expected, last: 'last_one', mode: 'split' }])
  }
}

import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

// What a counting of characters, bytes or columns could get wrong, in front of the mistake and on its own line.
const before = "-- 😀 a comment; with 'a quote\nselect '😀😀', $$a;\n😀$$;\ncreate table t (id int);\n"
const mistake = "insert into t\n\tselect 1 /* 😀 */ from t where '\t😀é' = nope and true;\n"
const after = "select '😀' from t;\n"

const padding = `select '${'😀x'.repeat(1_000)}';\n`.repeat(1_500)

/** The same mistake, sent in every way there is. */
const ways: Record<string, string> = {
  'one message': before + mistake + after,
  'one at a time': `-- godwit: transaction=none\n${before}${mistake}${after}`,
  'its own transaction': `${before}begin;\nselect 1;\n${mistake}commit;\n`,
  'a second part': `create type m as enum ('a');\nalter type m add value 'b';\ncreate table e (m m default 'b');\n${before}${mistake}`,
  'behind COPY data': `${before}copy t from stdin;\n1\n2\n\\.\n${mistake}${after}`,
  'batches of a large script': `${before}${padding}${mistake}${after}`,
}

/** An error names file, line, column and statement, whichever way the statements went. */
export function placeContract(subject: Subject): void {
  test.each(
    Object.entries(ways).flatMap(([way, text]) => [
      [way, 'LF', text] as const,
      [way, 'CRLF and a BOM', `\ufeff${text.replaceAll('\n', '\r\n')}`] as const,
    ]),
  )('a mistake is found: %s, %s', async (_, __, text) => {
    const target = await subject.open()
    const { project, folder } = await sqlProject(target, { '1_a.sql': text })
    const { error } = await project.up()
    expect(error?.details.folder).toBe(folder)
    const lines = text.replace('\ufeff', '').split('\n')
    const line = lines.findIndex((each) => each.includes('nope'))
    expect(error?.details).toMatchObject({
      file: 'migrations/1_a.sql',
      line: line + 1,
      column: (lines[line] as string).indexOf('nope') + 1,
      server: { code: '42703' },
    })
    expect(error?.details.statement?.replaceAll('\r', '')).toBe(mistake.trim().replace(/;$/, ''))
    expect(error?.details.frame).toContain('nope and true')
  })

  test('an error without a position names its statement: one message and one at a time', async () => {
    const body =
      "create table t (id int primary key);\ninsert into t\n  values (1);\n  insert into t values (1);\nselect '😀';"
    for (const text of [body, `-- godwit: transaction=none\n${body}`]) {
      const target = await subject.open()
      const { project } = await sqlProject(target, { '1_a.sql': text })
      const { error } = await project.up()
      const line = text.split('\n').findIndex((each) => each.startsWith('  insert')) + 1
      expect(error?.details).toMatchObject({
        line,
        column: 3,
        statement: 'insert into t values (1)',
        server: { code: '23505' },
      })
    }
  })

  test('an error inside a DO block names the block', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {
      '1_a.sql': `select 1;\n\ndo $$ begin\n  perform 1 / 0;\nend $$;\nselect 2;`,
    })
    expect((await project.up()).error?.details).toMatchObject({ line: 3, column: 1, server: { code: '22012' } })
  })

  test('a script above 4 MB is one transaction all the same', async () => {
    const target = await subject.open()
    const rows = Array.from({ length: 6_000 }, (_, i) => `insert into t values (${i}, '${'x'.repeat(900)}');`).join(
      '\n',
    )
    const { project } = await sqlProject(target, {
      '1_a.sql': `create table t (id int, note text);\n${rows}\n`,
      '2_b.sql': `create table u (id int, note text);\n${rows.replaceAll('into t', 'into u')}\nselect nope;`,
    })
    const report = await project.up()
    expect(report.steps.map((step) => step.outcome)).toEqual(['done', 'failed'])
    expect(report.error?.details).toMatchObject({ line: 6_002, column: 8, left: 'nothing' })
    expect(
      await target.query(`select count(*)::int as rows, count(distinct xmin::text)::int as transactions,
      to_regclass('u') as u from t`),
    ).toEqual([{ rows: 6_000, transactions: 1, u: null }])
  })
}

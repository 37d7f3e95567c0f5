import { expect, test } from 'vitest'
import { type SqlProject, sqlProject } from '../../sql-project.js'
import type { Subject, TestTarget } from '../../subject.js'
import { openProxy } from '../proxy.js'

// Each statement is told by a word of its own, and each effect shows how often it came about.
const base = `create table effects (name text);\ncreate type mood as enum ('ok');\ncreate table moods (m mood);`
const effect = (n: number) => `insert into effects values ('e${n}');`

const kinds: Record<string, string[]> = {
  'one at a time': [
    '-- godwit: transaction=none',
    effect(1),
    'create table c2 (id int);',
    'create index concurrently c3 on c2 (id);',
    effect(4),
    'vacuum /* c5 */ effects;',
    'copy effects /* c6 */ from stdin;\nfrom copy\n\\.',
    'drop index concurrently c3;',
    effect(8),
  ],
  'in transactions of its own': [
    'begin /* b1 */ work;',
    effect(2),
    'create table c3 (id int);',
    'commit /* b4 */ work;',
    effect(5),
    'begin /* b6 */ isolation level serializable;',
    effect(7),
    'rollback /* b8 */ work;',
    'begin /* b9 */ work;',
    effect(10),
    'commit /* b11 */ and chain;',
    effect(12),
    // What comes behind a COMMIT AND CHAIN is in a transaction, also when it is gone on with there.
    'rollback /* b13 */ work;',
    'begin /* b14 */ work;',
    effect(15),
    'commit /* b16 */ work;',
  ],
  'split behind an enum value': [
    effect(1),
    `alter type mood /* s2 */ add value 'good';`,
    `insert into moods /* s3 */ values ('good');`,
    `alter type mood /* s4 */ add value 'best';`,
    `insert into moods /* s5 */ values ('best');`,
    effect(6),
  ],
}

const everything = `select
  (select json_agg(name order by name) from effects) as effects,
  (select json_agg(m order by m) from moods) as moods,
  (select json_agg(enumlabel order by enumsortorder) from pg_enum) as labels,
  (select json_agg(relname order by relname) from pg_class where relnamespace = 'public'::regnamespace) as relations,
  (select json_agg(indexrelid::regclass::text) from pg_index where not indisvalid) as invalid,
  (select json_agg(name order by name) from godwit_migrations) as history`

/** Cut at every boundary: behind the next runs everything is as it is without a cut (invariant 15). Servers only. */
export function boundaryContract(subject: Subject): void {
  for (const [kind, lines] of Object.entries(kinds)) {
    for (const when of ['before', 'after'] as const) {
      test(`${kind}: cut ${when} any of its statements, nothing is lost and nothing comes twice`, {
        timeout: 120_000,
      }, async () => {
        const expected = await uninterrupted(lines)
        for (const line of lines.filter((each) => !each.startsWith('--'))) {
          const target = await subject.open()
          const project = await withBase(target, lines)
          const proxy = await openProxy(target.url)
          const first = await project.again({ databaseUrl: proxy.url })
          // The answer to a COPY is to its data.
          const word = when === 'after' && line.startsWith('copy') ? 'from copy' : line.replace(/;[^;]*$/s, '')
          // The first time it is sent it is all one transaction.
          const skip = kind.startsWith('split') ? 1 : 0
          if (when === 'before') proxy.cutBefore(word, { skip })
          else proxy.cutAfter(word, { skip })
          const report = await first.up()
          expect([line, proxy.cuts()]).toEqual([line, 1])
          if (report.error !== undefined) {
            expect([line, report.error.code]).toEqual([line, 'GODWIT_CONNECTION_LOST'])
            expect([line, (await project.project.up()).error]).toEqual([line, undefined])
          }
          expect([line, await target.query(everything)]).toEqual([line, expected])
          expect(await target.query(`select outcome from godwit.step where outcome = 'open'`)).toEqual([])
        }
      })
    }
  }

  async function uninterrupted(lines: string[]): Promise<unknown[]> {
    const target = await subject.open()
    const { project } = await withBase(target, lines)
    expect((await project.up()).error).toBeUndefined()
    return target.query(everything)
  }

  async function withBase(target: TestTarget, lines: string[]): Promise<SqlProject> {
    const project = await sqlProject(target, { '1_base.sql': base, '2_m.sql': lines.join('\n') })
    await project.project.up({ to: '1_base' })
    return project
  }
}

import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const journal = `select name, direction, outcome, mode, done, jsonb_array_length(statements) as statements,
  finished_at is not null as finished from godwit.step order by id`

/** What runs as one transaction, what cannot, and what each leaves when it fails. */
export function transactionContract(subject: Subject): void {
  test('a migration, its history row and its journal row are one transaction', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {
      '1_a.sql': 'create table a (id int);\ninsert into a values (1);\ninsert into a values (2);',
      '1_a.down.sql': 'drop table a;\ncreate table undone ();',
    })
    expect(await project.up()).toMatchObject({
      steps: [{ name: '1_a', outcome: 'done', statements: 3 }],
      remaining: [],
    })
    const [ids] = await target.query<{ same: boolean }>(`select count(distinct x) = 1 as same from (
      select xmin::text as x from a union all select xmin::text from godwit_migrations
      union all select xmin::text from godwit.step) as all_of_them`)
    expect(ids?.same).toBe(true)
    expect(await target.query(journal)).toEqual([
      { name: '1_a', direction: 'up', outcome: 'done', mode: 'one', done: 3, statements: 3, finished: true },
    ])
    await project.down()
    expect(
      await target.query(`select to_regclass('a') as a, to_regclass('undone')::text as undone,
      (select count(*)::int from godwit_migrations) as rows`),
    ).toEqual([{ a: null, undone: 'undone', rows: 0 }])
    expect((await target.query(journal)).at(-1)).toMatchObject({ direction: 'down', outcome: 'done' })
  })

  test('undone, a migration is what it was before: pending where --only had passed it over, else out of order', async () => {
    const target = await subject.open()
    const files = Object.fromEntries(
      ['1_a', '2_b', '3_c'].flatMap((name) => [
        [`${name}.sql`, `create table t${name} ();`],
        [`${name}.down.sql`, `drop table t${name};`],
      ]),
    )
    const { project, states } = await sqlProject(target, files)
    await project.up({ only: '3_c' })
    await project.up()
    await project.down()
    expect(await states()).toEqual(['1_a applied', '2_b pending', '3_c applied'])
    expect(await project.up()).toMatchObject({ steps: [{ name: '2_b' }], remaining: [] })
    await project.down({ step: 3 })
    await project.up()
    await project.down({ only: '1_a' })
    expect(await states()).toEqual(['1_a out-of-order', '2_b applied', '3_c applied'])
  })

  test('a third statement that fails leaves nothing of its migration and everything of those before', async () => {
    const target = await subject.open()
    const { project, states, put } = await sqlProject(target, {
      '1_a.sql': 'create table a ()',
      '2_b.sql':
        'create table b (id int);\ninsert into b values (1);\ninsert into nowhere values (1);\ncreate table c ()',
      '3_c.sql': 'create table later ()',
    })
    const report = await project.up()
    expect(report).toMatchObject({
      steps: [
        { name: '1_a', outcome: 'done' },
        { name: '2_b', outcome: 'failed' },
      ],
      remaining: ['2_b', '3_c'],
      error: {
        code: 'GODWIT_STATEMENT_FAILED',
        exitCode: 7,
        details: { line: 3, column: 13, left: 'nothing', server: { code: '42P01' } },
      },
    })
    expect(report.error?.details.statement).toBe('insert into nowhere values (1)')
    expect(await target.query(`select to_regclass('a')::text as a, to_regclass('b') as b`)).toEqual([
      { a: 'a', b: null },
    ])
    expect(await states()).toEqual(['1_a applied', '2_b pending', '3_c pending'])
    put('2_b.sql', 'create table b (id int)')
    expect((await project.up()).steps.map((step) => step.name)).toEqual(['2_b', '3_c'])
    put('3_c.down.sql', 'drop table nowhere')
    expect((await project.down()).error?.hint).toMatch(/godwit down$/)
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
  })

  test('a deferred constraint that fails at COMMIT leaves nothing', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a (id int primary key deferrable initially deferred);\ninsert into a values (1), (1);',
    })
    const report = await project.up()
    expect(report.error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      details: { left: 'nothing', server: { code: '23505', constraint: 'a_pkey' } },
    })
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
    expect(await states()).toEqual(['1_a pending'])
  })

  test('what cannot run in a transaction runs outside of one, the journal saying how far it came', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': 'create table a (id int)',
      '2_b.sql': 'create index concurrently a_id on a (id);\nvacuum a;\ninsert into a values (1);',
      '3_c.sql': '-- godwit: transaction=none\ncreate table c ();',
    })
    const plan = await project.plan('up')
    expect(plan.steps.map((step) => step.transaction)).toEqual(['one', 'none', 'none'])
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
    expect((await target.query(journal)).slice(1)).toEqual([
      { name: '2_b', direction: 'up', outcome: 'done', mode: 'none', done: 3, statements: 3, finished: true },
      { name: '3_c', direction: 'up', outcome: 'done', mode: 'none', done: 1, statements: 1, finished: true },
    ])
  })

  test('a failure outside of a transaction is named failed, and the next run tries the rest again', async () => {
    const target = await subject.open()
    const { project, states, put } = await sqlProject(target, {
      '1_a.sql':
        '-- godwit: transaction=none\ncreate table a (id int);\ncreate table b (id int);\nselect nope;\ncreate table c ();',
      '2_b.sql': 'create table d ()',
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', details: { line: 4, column: 8, left: 'part' } })
    expect(error?.hint).toMatch(/Mend the rest of the file, then: godwit up$/)
    const [failed] = (await project.status()).migrations
    expect(failed).toMatchObject({ state: 'failed', open: { done: 2, direction: 'up' } })
    expect(failed?.open?.error).toContain('nope')
    expect(await project.up()).toMatchObject({
      steps: [{ name: '1_a', outcome: 'failed' }],
      error: { code: 'GODWIT_STATEMENT_FAILED', details: { line: 4, column: 8, left: 'part' } },
    })
    await target.query('drop table a, b')
    await project.resolve('1_a', 'rolled-back')
    expect(await states()).toEqual(['1_a pending', '2_b pending'])
    await project.up()
    expect((await states())[0]).toBe('1_a failed')
    await project.resolve('1_a', 'applied')
    put('1_a.sql', 'create table a (id int)')
    expect(await states()).toEqual(['1_a edited', '2_b pending'])
    await project.resolve('1_a', 'applied')
    await project.up()
    expect(await states()).toEqual(['1_a applied', '2_b applied'])
  })

  test("a script's own BEGIN … COMMIT is honoured, and the records go into its last transaction", async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql':
        'begin;\ncreate table a as select 1 as id;\ncommit;\nbegin;\ncreate table b as select 1 as id;\ncommit;',
      '2_b.sql': 'begin;\ncreate table c ();\ncommit;\nbegin;\ncreate table d ();\nselect nope;\ncommit;',
    })
    const report = await project.up()
    expect(
      await target.query(`select (select xmin::text from b) = (select xmin::text from godwit_migrations) as last,
      (select xmin::text from a) = (select xmin::text from godwit_migrations) as first`),
    ).toEqual([{ last: true, first: false }])
    expect(report.error).toMatchObject({ details: { line: 6, column: 8, left: 'part' } })
    expect(await target.query(`select to_regclass('c')::text as c, to_regclass('d') as d`)).toEqual([
      { c: 'c', d: null },
    ])
    expect(await states()).toEqual(['1_a applied', '2_b failed'])
    expect((await project.status()).migrations[1]?.open?.done).toBe(3)
  })

  test('a transaction of its own that is never ended is undone, and said', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, { '1_a.sql': 'begin;\ncreate table a ();' })
    expect((await project.up()).error).toMatchObject({ code: 'GODWIT_TRANSACTION_LEFT_OPEN', exitCode: 7 })
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
    expect(await states()).toEqual(['1_a pending'])
  })

  test('an enum value that is used later splits the migration, one that is not does not (rule 16)', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': `create type mood as enum ('ok');\ncreate table a (m mood)`,
      '2_b.sql': `alter type mood add value 'fine';\ncreate table b ();`,
      '3_c.sql': `alter type mood add value 'good';\ninsert into a values ('good');\ninsert into a values ('ok');`,
    })
    const plan = await project.plan('up')
    expect(plan.steps.map((step) => step.transaction)).toEqual(['one', 'one, else split', 'one, else split'])
    expect((await project.up()).error).toBeUndefined()
    expect(await states()).toEqual(['1_a applied', '2_b applied', '3_c applied'])
    expect((await target.query(journal)).map((row) => row.mode)).toEqual(['one', 'one', 'split'])
    expect(await target.query('select m::text as m from a')).toEqual([{ m: 'good' }, { m: 'ok' }])
  })

  test('a split that fails behind its first commit is failed, with how far it came', async () => {
    const target = await subject.open()
    const { project, states } = await sqlProject(target, {
      '1_a.sql': `create type mood as enum ('ok');\ncreate table a (m mood)`,
      '2_b.sql': `alter type mood add value 'good';\ninsert into a values ('good');\nselect nope;`,
    })
    const { error } = await project.up()
    expect(error).toMatchObject({ details: { line: 3, column: 8, left: 'part' } })
    expect(await states()).toEqual(['1_a applied', '2_b failed'])
    expect(await target.query('select m from a')).toEqual([])
  })

  test('COPY FROM stdin takes the data behind it, in a transaction and outside of one', async () => {
    const target = await subject.open()
    const copy = "copy a from stdin;\n1\tone; 'two'\n2\t\\N\n\\.\n"
    const { project } = await sqlProject(target, {
      '1_a.sql': `create table a (id int, note text);\n${copy}insert into a values (3, 'three');`,
      '2_b.sql': `-- godwit: transaction=none\n${copy}insert into a values (4, 'four');`,
    })
    expect((await project.up()).error).toBeUndefined()
    expect(await target.query('select id, note from a order by id, note')).toEqual([
      { id: 1, note: "one; 'two'" },
      { id: 1, note: "one; 'two'" },
      { id: 2, note: null },
      { id: 2, note: null },
      { id: 3, note: 'three' },
      { id: 4, note: 'four' },
    ])
  })

  test('COPY data that does not fit undoes the migration', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, {
      '1_a.sql': 'create table a (id int);\ncopy a from stdin;\n1\nnot a number\n\\.\nselect 1;',
    })
    expect((await project.up()).error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      details: { line: 2, left: 'nothing', server: { code: '22P02' } },
    })
    expect(await target.query(`select to_regclass('a') as a`)).toEqual([{ a: null }])
  })

  test('DO blocks run as one statement, and what they RAISE is told', async () => {
    const target = await subject.open()
    const { project, said } = await sqlProject(target, {
      '1_a.sql': `do $do$ begin\n  create table a ();\n  raise notice 'made; a';\nend $do$;\ncreate table b ();`,
    })
    expect(await project.up()).toMatchObject({ steps: [{ statements: 2 }] })
    expect(said).toContain('notice: made; a')
  })

  test('an empty migration, an open quote and a psql command change nothing, wherever they stand', async () => {
    const target = await subject.open()
    const { project, put } = await sqlProject(target, { '1_a.sql': 'create table a ()', '2_b.sql': '-- nothing\n;' })
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_EMPTY_MIGRATION', exitCode: 2 })
    put('2_b.sql', "select 1;\nselect 'open;")
    await expect(project.up()).rejects.toMatchObject({
      code: 'GODWIT_SQL_UNTERMINATED',
      details: { line: 2, column: 8 },
    })
    put('2_b.sql', 'select 1;\n\\i other.sql')
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_PSQL_COMMAND', details: { line: 2 } })
    put('2_b.sql', 'begin;\nvacuum;\ncommit;')
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_SQL_IMPOSSIBLE', details: { line: 2 } })
    expect(await target.query(`select to_regclass('a') as a, to_regnamespace('godwit') as g`)).toEqual([
      { a: null, g: null },
    ])
  })
}

import { describe, expect, test } from 'vitest'
import { assumedSchema } from '../../src/lint/assumed-schema.js'
import { defaultOptions } from '../../src/lint/options.js'
import { readSection } from '../../src/lint/read-section.js'
import { lintMigrations } from '../../src/lint/run.js'
import { codesIn, lintSql, migrationOf } from './lint-sql.js'

describe('comments', () => {
  const dropped = 'DROP TABLE users;'

  test('suppress what is directly below them, with a reason', async () => {
    expect(await codesIn(`-- godwit-lint-ignore ban-drop-table: nobody uses it\n${dropped}`)).not.toContain(
      'ban-drop-table',
    )
    expect(
      await codesIn(`-- godwit-lint-ignore ban-drop-table: nobody uses it\n-- and more\n${dropped}`),
    ).not.toContain('ban-drop-table')
    expect(await codesIn(`-- godwit-lint-ignore ban-drop-table: nobody uses it\n\n${dropped}`)).toContain(
      'ban-drop-table',
    )
    expect(await codesIn(`-- godwit-lint-ignore ban-drop-column: nobody uses it\n${dropped}`)).toEqual(
      expect.arrayContaining(['ban-drop-table', 'unused-ignore']),
    )
    expect(await codesIn(`-- godwit-lint-ignore: nobody uses it\n${dropped}`)).toEqual([])
  })

  test('without a reason suppress nothing', async () => {
    expect(await codesIn(`-- godwit-lint-ignore ban-drop-table\n${dropped}`)).toEqual(
      expect.arrayContaining(['ban-drop-table', 'missing-ignore-reason']),
    )
    expect(await codesIn(`-- godwit-lint-ignore ban-drop-table:   \n${dropped}`)).toContain('missing-ignore-reason')
  })

  test('of a file hold for all of it', async () => {
    const all = `-- godwit-lint-ignore-file ban-drop-table: a clean-up\nSELECT 1;\n${dropped}\n${dropped}`
    expect(await codesIn(all)).not.toContain('ban-drop-table')
  })

  test("may name another linter's code, and be Squawk's own", async () => {
    const key = 'ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id);'
    expect(await codesIn(`-- squawk-ignore constraint-missing-not-valid\n${key}`)).not.toContain(
      'adding-foreign-key-constraint',
    )
    expect(await codesIn(`-- squawk-ignore ban-drop-table\n${dropped}`)).not.toContain('ban-drop-table')
  })

  test('inside of a statement hold for the command below', async () => {
    const sql =
      'ALTER TABLE users\n  -- godwit-lint-ignore adding-required-field: it is empty\n  ADD COLUMN a text NOT NULL,\n  ADD COLUMN b text NOT NULL;'
    const found = (await lintSql(sql)).filter(({ code }) => code === 'adding-required-field')
    expect(found).toMatchObject([{ line: 4, column: 14 }])
  })
})

test('places count characters, also behind others than ASCII', async () => {
  const [found] = (await lintSql('SELECT \'ä😀\';\nALTER TABLE "ü😀" ADD COLUMN a text NOT NULL;')).filter(
    ({ code }) => code === 'adding-required-field',
  )
  expect(found).toMatchObject({ line: 2, column: 30 })
})

test('a table is new in the migration that makes it, and there for the next one', async () => {
  const [first, second] = [
    await migrationOf('CREATE TABLE t (id bigint);\nCREATE INDEX i ON t (id);', { name: '1' }),
    await migrationOf('CREATE INDEX j ON t (id);', { name: '2' }),
  ]
  const both = [first, second]
  const lint = (live: boolean) =>
    lintMigrations(both, new Set(both), assumedSchema(both, defaultOptions), { ...defaultOptions, live }).map(
      ({ findings }) => findings.filter(({ severity }) => severity === 'warning').map(({ code }) => code),
    )
  expect(lint(false)).toEqual([[], ['require-concurrent-index-creation']])
  // A database that was asked does not have it: it is all pending.
  expect(lint(true)).toEqual([[], []])
})

test('PostgreSQL 18 is told to add a NOT NULL that is not valid', async () => {
  const recipe = async (major: number) =>
    (await lintSql('ALTER TABLE users ALTER COLUMN email SET NOT NULL;', { major })).find(
      ({ code }) => code === 'adding-not-nullable-field',
    )?.recipe
  expect(await recipe(18)).toEqual([
    '-- each in a transaction of its own:',
    'ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID;',
    'ALTER TABLE users VALIDATE CONSTRAINT users_email_not_null;',
  ])
  expect(await recipe(17)).toHaveLength(5)
})

test('the config sets levels, also by the code of another linter, and knows what it does not know', () => {
  expect(readSection({ rules: { 'require-timeout-settings': 'error', 'ban-drop-table': 'off' } }).levels).toEqual({
    'require-lock-timeout': 'error',
    'require-statement-timeout': 'error',
    'ban-drop-table': 'off',
  })
  expect(() => readSection({ rules: { 'ban-drop-tabel': 'off' } })).toThrow(/did you mean 'ban-drop-table'/)
  expect(() => readSection({ rules: { 'ban-drop-table': 'on' as never } })).toThrow(/must be one of/)
  expect(() => readSection({ smallTable: { rows: 'many' as never } })).toThrow(/'rows' must be a number/)
})

test('a temporary table is nobody else’s: nothing is said of locks on it, or of its end', async () => {
  for (const made of [
    'CREATE TEMP TABLE tt (a bigint);',
    'CREATE TABLE pg_temp.tt (a bigint);',
    'CREATE TEMP TABLE tt AS SELECT 1 AS a;',
  ]) {
    const rest = 'CREATE INDEX tt_a ON tt (a);\nALTER TABLE tt ADD CHECK (a > 0);\nDROP TABLE tt;'
    const codes = await codesIn(`${made}\n${rest}`)
    for (const code of ['require-concurrent-index-creation', 'constraint-missing-not-valid', 'ban-drop-table'])
      expect(codes, made).not.toContain(code)
    expect(await codesIn(rest)).toContain('ban-drop-table')
  }
})

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openNodePgMigrateFormat } from '../../src/formats/node-pg-migrate/index.js'
import { assumedSchema } from '../../src/lint/assumed-schema.js'
import { fixMigration } from '../../src/lint/fix/fix-migration.js'
import type { Fixed } from '../../src/lint/fix/fixed.js'
import { defaultOptions } from '../../src/lint/options.js'
import { readMigration } from '../../src/lint/reading/read-migration.js'
import { type LintedResult, lintMigrations } from '../../src/lint/run.js'

interface Linted extends LintedResult {
  codes: string[]
  fixed: Fixed
}

async function lint(format: 'typeorm' | 'node-pg-migrate', text: string, name: string): Promise<Linted> {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-lint-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(folder, 'node_modules'))
  const file = join(folder, format === 'typeorm' ? `${name}.ts` : `${name}.js`)
  writeFileSync(file, text)
  const opened =
    format === 'typeorm'
      ? { id: 'typeorm' as const, load: async () => null }
      : await openNodePgMigrateFormat({
          projectDir: folder,
          migrations: '.',
          section: undefined,
          warn: () => {},
          verbose: () => {},
          env: {},
        })
  const migration = await readMigration(
    { name, file, sortKey: name, hash: 'ts:1', reversible: true },
    { format: opened, projectDir: folder, withoutTransaction: false },
  )
  const [result] = lintMigrations(
    [migration],
    new Set([migration]),
    assumedSchema([migration], defaultOptions),
    defaultOptions,
  )
  if (result === undefined) throw new Error('nothing was linted')
  const fixed = fixMigration(readFileSync(file, 'utf8'), migration, result.findings)
  return { ...result, codes: result.findings.map(({ code }) => code), fixed }
}

const typeorm = (up: string, more = '') => `import { MigrationInterface, QueryRunner } from 'typeorm'

export class AddIndex1710000000000 implements MigrationInterface {
  ${more}async up(queryRunner: QueryRunner): Promise<void> {
    ${up}
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX i')
  }
}
`

describe('TypeORM', () => {
  const of = (up: string, more = '') => lint('typeorm', typeorm(up, more), 'AddIndex1710000000000')

  test('a class that is one statement is mended, and taken out of its transaction', async () => {
    const { codes, findings, fixed } = await of('await queryRunner.query(`CREATE INDEX "i" ON "users" ("email")`)')
    expect(codes).toContain('require-concurrent-index-creation')
    expect(findings.find(({ code }) => code === 'require-concurrent-index-creation')).toMatchObject({
      line: 5,
      column: 30,
    })
    expect(fixed.content).toBe(
      typeorm(
        'await queryRunner.query(`CREATE INDEX CONCURRENTLY "i" ON "users" ("email")`)',
        'transaction = false\n\n  ',
      ),
    )
    const again = await lint('typeorm', fixed.content ?? '', 'AddIndex1710000000000')
    expect(again.codes.filter((code) => code !== 'require-statement-timeout')).toEqual([])
  })

  test('one statement becomes several calls', async () => {
    const { fixed } = await of(`await queryRunner.query('ALTER TABLE users ADD CONSTRAINT a CHECK (name <> \\'\\')')`)
    expect(fixed.content).toContain(
      `await queryRunner.query('ALTER TABLE users ADD CONSTRAINT a CHECK (name <> \\'\\') NOT VALID')\n    await queryRunner.query('ALTER TABLE users VALIDATE CONSTRAINT a')`,
    )
  })

  test.each([
    [
      'two statements',
      'await queryRunner.query(`CREATE INDEX i ON u (e)`)\n    await queryRunner.query(`SELECT 1`)',
      '',
    ],
    ['parameters', 'await queryRunner.query(`CREATE INDEX i ON u (e)`, [])', ''],
    [
      'what is not listed',
      'await queryRunner.query(`CREATE INDEX i ON u (e)`)\n    await queryRunner.createTable(t)',
      '',
    ],
    ['its own transaction', 'await queryRunner.query(`CREATE INDEX i ON u (e)`)', 'transaction = true\n  '],
    ['a constant', 'const sql = `CREATE INDEX i ON u (e)`\n    await queryRunner.query(sql)', ''],
  ])('a class with %s is left alone', async (_, up, more) => {
    const { codes, fixed } = await of(up, more)
    expect(codes).toContain('require-concurrent-index-creation')
    expect(fixed.content).toBeUndefined()
    expect(fixed.refused).toHaveLength(1)
  })

  test('what is no plain query is named', async () => {
    const { migration } = await of(
      `const t = 1\n    await queryRunner.query('SELECT ' + t)\n    await helper(queryRunner)\n    await queryRunner.manager.save(t)\n    await queryRunner.query(text)`,
    )
    expect(migration.notListed).toMatchObject([{ line: 6 }, { line: 7 }, { line: 8 }, { line: 9 }])
    expect(migration.statements).toEqual([])
  })

  test('a comment above the call suppresses, with a reason', async () => {
    const call = 'await queryRunner.query(`DROP TABLE users`)'
    const kept = await of(`// godwit-lint-ignore ban-drop-table: replaced by people\n    ${call}`)
    expect(kept).toMatchObject({ suppressed: 1 })
    expect(kept.codes).not.toContain('ban-drop-table')
    expect((await of(`// godwit-lint-ignore ban-drop-table\n    ${call}`)).codes).toEqual(
      expect.arrayContaining(['ban-drop-table', 'missing-ignore-reason']),
    )
  })

  test('CONCURRENTLY in a transaction, and a down that does nothing, are found', async () => {
    const { codes } = await of('await queryRunner.query(`CREATE INDEX CONCURRENTLY i ON u (e)`)')
    expect(codes).toContain('ban-concurrent-index-creation-in-transaction')
    const text = typeorm('await queryRunner.query(`SELECT 1`)').replace("await queryRunner.query('DROP INDEX i')", '')
    expect((await lint('typeorm', text, 'AddIndex1710000000000')).codes).toContain('no-down')
  })
})

const pgm = (up: string) => `exports.up = (pgm) => {
  ${up}
}
exports.down = (pgm) => {
  pgm.sql('SELECT 1')
}
`

describe('node-pg-migrate', () => {
  const of = (up: string) => lint('node-pg-migrate', pgm(up), '1710000000000_index')

  test.each([
    [`pgm.createIndex('users', 'email')`, `pgm.createIndex('users', 'email', { concurrently: true })`],
    [
      `pgm.createIndex('users', ['email'], { unique: true, name: 'mail' })`,
      `pgm.createIndex('users', ['email'], { concurrently: true, unique: true, name: 'mail' })`,
    ],
    [`pgm.dropIndex('users', 'email', {})`, `pgm.dropIndex('users', 'email', { concurrently: true })`],
    [
      `pgm.sql('ALTER TABLE users ADD CONSTRAINT a CHECK (age > 1);')`,
      `pgm.sql('ALTER TABLE users ADD CONSTRAINT a CHECK (age > 1) NOT VALID')\n  pgm.sql('ALTER TABLE users VALIDATE CONSTRAINT a')`,
    ],
  ])('a plain call is mended: %s', async (call, mended) => {
    const { fixed, findings } = await of(call)
    expect(findings.filter(({ severity }) => severity === 'warning')).toMatchObject([{ line: 2 }])
    expect(fixed.content).toBe(pgm(`pgm.noTransaction()\n  ${mended}`))
    const again = await lint('node-pg-migrate', fixed.content ?? '', '1710000000000_index')
    expect(again.findings.filter(({ severity }) => severity !== 'note')).toEqual([])
  })

  test.each([
    [`const options = { unique: true }; pgm.createIndex('users', 'email', options)`],
    [`pgm.createIndex('users', 'email', { ...{}, name: 'x' })`],
    [`pgm.createIndex('users', 'email'); pgm.sql('UPDATE users SET a = 1 WHERE id = 1')`],
    [`pgm.addConstraint('users', 'a', { check: 'age > 1' })`],
    [`for (const c of ['a', 'b']) pgm.sql('CREATE INDEX ON users (' + c + ')')`],
  ])('a call that cannot be edited safely is left alone: %s', async (call) => {
    const { fixed } = await of(call)
    expect(fixed.content).toBeUndefined()
    expect(fixed.refused).not.toEqual([])
  })

  test('what asks the database is named', async () => {
    const { migration } = await lint(
      'node-pg-migrate',
      `exports.up = async (pgm) => { const rows = await pgm.db.select('SELECT 1 AS a'); pgm.sql('SELECT ' + rows[0].a) }\n`,
      '1710000000000_index',
    )
    expect(migration.notListed.map(({ what }) => what)).toEqual([
      'pgm.db: SELECT 1 AS a',
      expect.stringMatching(/^it needs a database: /),
    ])
  })
})

import { expect, test } from 'vitest'
import { openProject } from '../../../../src/index.js'
import { createDatabase } from '../../../support/database.js'
import { createProject, dataSource, type Version } from '../support/project.js'

const types = `import type { MigrationInterface, QueryRunner } from 'typeorm'

interface Gone {
  in: 'the compiled file'
}
type Also = Gone | undefined

`

// Each with the call that fails in the line that says so.
const failing: Record<string, [ending: string, text: string, statement?: string]> = {
  'an awaited query': [
    'ts',
    `${types}export class Bad1700000000001 implements MigrationInterface {
  name = 'Bad1700000000001'
  async up(queryRunner: QueryRunner): Promise<void> {
    const fine: Also = undefined
    await queryRunner.query('select 1', fine)
    await queryRunner.query('select nope') // here
  }
  async down() {}
}`,
    'select nope',
  ],
  'a query that is given back, in a statement of several lines': [
    'ts',
    `${types}export class Bad1700000000001 {
  up(queryRunner: QueryRunner): Promise<unknown> {
    return queryRunner.query(\` -- here
      select 1,
        nope\`)
  }
}`,
    ' -- here\n      select 1,\n        nope',
  ],
  'a query of a helper in the same file, behind others': [
    'js',
    `async function apart(runner) {
  await Promise.all([runner.query('select 1'), runner.manager.query('select nope')]) // here
}
module.exports.Bad1700000000001 = class Bad1700000000001 {
  async up(runner) {
    await runner.startTransaction()
    await apart(runner)
  }
}`,
    'select nope',
  ],
  'a table that the runner makes': [
    'js',
    `const { Table } = require('typeorm')
module.exports.Bad1700000000001 = class Bad1700000000001 {
  async up(runner) {
    await runner.createTable(new Table({ name: 'x', columns: [{ name: 'a', type: 'no_type' }] })) // here
  }
}`,
    'CREATE TABLE "x" ("a" no_type NOT NULL)',
  ],
  'an error of its own': [
    'ts',
    `${types}export class Bad1700000000001 {
  transaction = false
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('select 1')
    throw new Error('not today') // here
  }
}`,
  ],
  'outside of a transaction': [
    'ts',
    `export class Bad1700000000001 {
  transaction = false
  async up(runner: any) {
    await runner.query('vacuum nothing') // here
  }
}`,
    'vacuum nothing',
  ],
}

/** What a run of classes reports: how much was sent, and where it failed. */
export function reportSuite(version: Version): void {
  test('the statements that a class sent are counted, and those around them are not', async () => {
    const { up, down } = await opened(version, {
      'src/migrations/1700000000001-First.ts': `export class First1700000000001 {
  async up(runner) {
    await runner.query('create table a (id int)')
    await runner.query('insert into a values ($1)', [1])
    await runner.manager.query('insert into a values (2)')
  }
  async down(runner) { await runner.query('drop table a') }
}`,
      'src/migrations/1700000000002-Apart.ts': `export class Apart1700000000002 {
  transaction = false
  async up(runner) {
    await runner.query('create index concurrently a_id on a (id)')
    await runner.query('analyze a')
  }
  async down() {}
}`,
    })
    expect((await up()).steps.map((step) => step.statements)).toEqual([3, 2])
    expect((await down()).steps.map((step) => step.statements)).toEqual([0, 1])
  })

  test.each(Object.entries(failing))('%s: where it was called', async (_, [ending, text, statement]) => {
    const file = `src/migrations/1700000000001-Bad.${ending}`
    const { up } = await opened(version, { [file]: text })
    const { error } = await up()
    const lines = text.split('\n')
    const line = lines.findIndex((each) => each.includes('-- here') || each.includes('// here'))
    const column = Math.max(
      ...['query(', 'createTable(', 'new Error'].map((call) => (lines[line] as string).lastIndexOf(call)),
    )
    expect(error?.details).toMatchObject({
      file,
      line: line + 1,
      ...(statement?.includes('CREATE') ? {} : { column: column + 1 }),
      frame: expect.stringContaining(`${line + 1} │ ${(lines[line] as string).slice(0, 60)}`),
      ...(statement === undefined ? {} : { statement }),
    })
    expect(error?.details).not.toHaveProperty(statement === undefined ? 'statement' : 'nothing')
  })

  test('a secret in the lines that would be shown is not shown', async () => {
    const { up } = await opened(version, {
      'src/migrations/1700000000001-Bad.ts': `export class Bad1700000000001 {
  async up(runner) {
    await runner.query("create role nobody_here password 'hunter2secret' superuser nologin in role not_there")
  }
}`,
    })
    const { error } = await up()
    expect(error?.details).toMatchObject({ line: 3, statement: expect.stringContaining("'***'") })
    expect(JSON.stringify(error)).not.toContain('hunter2secret')
  })

  test('an error that cannot be placed is told without a place', async () => {
    const { up } = await opened(version, {
      'src/migrations/1700000000001-Bad.ts': `export class Bad1700000000001 { async up() { throw 'a word' } }`,
    })
    const { error } = await up()
    expect(error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED', message: 'a word' })
    expect(error?.details).not.toHaveProperty('line')
  })
}

async function opened(version: Version, files: Record<string, string>) {
  const database = await createDatabase()
  const { dir } = createProject(
    {
      'godwit.config.json': '{ "format": "typeorm", "typeorm": { "dataSource": "src/data-source.ts" } }',
      'src/data-source.ts': dataSource(database.url),
      ...files,
    },
    version,
  )
  const project = await openProject({ cwd: dir, env: {} })
  return { up: () => project.up(), down: () => project.down({ all: true }), dir }
}

import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { describe, expect, test } from 'vitest'
import { type CliProject, cliProject } from './run-cli.js'

const users = {
  'migrations/1_users.sql': 'create table users (id bigint primary key, email text);\n',
  'migrations/1_users.down.sql': 'drop table users;\n',
}
const index = {
  'migrations/2_index.sql': 'create index users_email on users (email);\n',
  'migrations/2_index.down.sql': 'drop index users_email;\n',
}
const fill = 'insert into users select n, n::text from generate_series(1, 30000) n; analyze users'

interface Document {
  notListed: { line: number }[]
  notes: string[]
  findings: { code: string; migration: string; severity: string; fixable: boolean; line: number }[]
  migrations: string[]
  applied: string[]
  postgres: number
  live: boolean
}

async function lint(project: CliProject, ...args: string[]) {
  const { code, document } = await project.json('lint', ...args)
  const report = document as unknown as Document
  return { code, report, codes: report.findings.filter(({ severity }) => severity !== 'note').map((each) => each.code) }
}

describe('godwit lint', () => {
  test('needs no database, and exits with 3 for a warning and 0 for notes', async () => {
    const project = await cliProject({ ...users, ...index })
    project.put({ 'godwit.config.json': '{ "format": "sql", "migrations": "migrations" }' })
    const all = await lint(project)
    expect(all).toMatchObject({ code: 3, codes: ['require-concurrent-index-creation'] })
    expect(all.report).toMatchObject({ live: false, migrations: ['1_users', '2_index'] })
    expect((await lint(project, '1_users')).code).toBe(0)
    expect((await lint(project, 'migrations/2_index.sql')).report.migrations).toEqual(['2_index'])
    expect((await project.run('lint', '3_nothing')).code).toBe(2)

    const { stdout } = await project.run('lint')
    expect(stdout).toContain('migrations/2_index.sql:1:1  warning require-concurrent-index-creation  (--fix)')
    expect(stdout).toContain('create index CONCURRENTLY users_email on users (email);')
    expect(stdout).toContain('2 migrations: 1 warning')
  })

  test('with a database looks at what is not applied, and says nothing of locks on small and new tables', async () => {
    const project = await cliProject({ ...users, ...index })
    expect(await lint(project, '--live')).toMatchObject({ code: 0, codes: [] })
    await project.run('up', '1_users')
    expect(await lint(project, '--live')).toMatchObject({
      code: 0,
      report: { live: true, postgres: 18, migrations: ['2_index'] },
    })
    await project.database.query(fill)
    expect(await lint(project, '--live')).toMatchObject({ code: 3, codes: ['require-concurrent-index-creation'] })
    expect(await lint(project, '--live', '1_users')).toMatchObject({
      code: 0,
      report: { migrations: [], applied: ['1_users'] },
    })
    const config = {
      format: 'sql',
      migrations: 'migrations',
      database: project.database.url,
      lint: { smallTable: { rows: 100_000 } },
    }
    project.put({ 'godwit.config.json': JSON.stringify(config) })
    expect(await lint(project, '--live')).toMatchObject({ code: 0, codes: [] })
  })

  test('--fix mends a file, shows how, and leaves nothing to find; the mended migration runs', async () => {
    const project = await cliProject({ ...users, ...index })
    await project.run('up', '1_users')
    await project.database.query(fill)
    const read = () => readFileSync(join(project.folder, 'migrations/2_index.sql'), 'utf8')
    const before = read()
    const dry = await project.run('lint', '--fix', '--dry-run')
    expect(dry.stdout).toContain('  + create index CONCURRENTLY users_email on users (email);')
    expect(read()).toBe(before)
    const { code, stdout } = await project.run('lint', '--fix')
    expect(stdout).toContain('migrations/2_index.sql  mended:')
    expect(code).toBe(0)
    expect(read()).toBe('-- godwit: transaction=none\ncreate index CONCURRENTLY users_email on users (email);\n')
    expect(await lint(project, '--live')).toMatchObject({ code: 0, codes: [] })
    expect((await project.run('up')).code).toBe(0)
    const [found] = await project.database.query(
      "select indisvalid from pg_index where indexrelid = 'users_email'::regclass",
    )
    expect(found).toEqual({ indisvalid: true })
  })

  test('--fix edits nothing that is applied, and nothing where nobody knows', async () => {
    const project = await cliProject({ ...users, ...index })
    await project.run('up')
    await project.database.query(fill)
    const read = () => readFileSync(join(project.folder, 'migrations/2_index.sql'), 'utf8')
    const before = read()
    await project.run('lint', '--fix')
    await project.run('lint', '--fix', '2_index', '--assume-pending')
    expect(read()).toBe(before)
    project.put({ 'godwit.config.json': '{ "format": "sql", "migrations": "migrations" }' })
    const { code, stderr } = await project.run('lint', '--fix', '2_index')
    expect(code).toBe(2)
    expect(stderr).toContain('GODWIT_LINT_FIX_UNKNOWN')
    expect((await project.run('lint', '--fix', '--assume-pending')).code).toBe(2)
    expect(read()).toBe(before)
    await project.run('lint', '--fix', '--assume-pending', '2_index')
    expect(read()).not.toBe(before)
  })

  test('changes nothing in the database', async () => {
    const project = await cliProject({ ...users, ...index })
    await project.run('lint', '--live')
    await project.run('lint', '--fix', '--dry-run')
    const rows = await project.database.query(
      "select nspname from pg_namespace where nspname = 'godwit' union all select relname from pg_class where relnamespace = 'public'::regnamespace",
    )
    expect(rows).toEqual([])
  })

  test('--format sarif is SARIF 2.1.0', async () => {
    const project = await cliProject({ ...users, ...index })
    const { code, stdout } = await project.run('lint', '--format', 'sarif')
    expect(code).toBe(3)
    const log = JSON.parse(stdout) as { runs: { results: unknown[] }[] }
    const schema = JSON.parse(readFileSync(new URL('../lint/sarif-2.1.0.json', import.meta.url), 'utf8')) as object
    const ajv = new Ajv({ strict: false, unicodeRegExp: false })
    addFormats.default(ajv)
    const fits = ajv.compile(schema)
    fits(log)
    expect(fits.errors ?? []).toEqual([])
    expect(fits({ ...log, runs: [{ results: [] }] })).toBe(false)
    expect(log.runs[0]?.results).toContainEqual(
      expect.objectContaining({ ruleId: 'require-concurrent-index-creation', level: 'warning' }),
    )
  })

  test('--format github annotates lines, with what stands in a message escaped', async () => {
    const project = await cliProject({ ...users, ...index })
    const { stdout } = await project.run('lint', '--format', 'github')
    expect(stdout).toMatch(
      /^::warning file=migrations\/2_index\.sql,line=1,col=1,title=require-concurrent-index-creation::Writes to users wait until the index is built\.%0Acreate index/m,
    )
    expect((await project.run('lint', '--format', 'githb')).stderr).toContain("did you mean 'github'?")
  })

  test('a rule that the config does not know is an error', async () => {
    const project = await cliProject(users)
    project.put({
      'godwit.config.json':
        '{ "format": "sql", "migrations": "migrations", "lint": { "rules": { "ban-drop-tabel": "off" } } }',
    })
    const { code, stderr } = await project.run('lint')
    expect(code).toBe(2)
    expect(stderr).toContain("lint.rules has no rule 'ban-drop-tabel'; did you mean 'ban-drop-table'?")
  })
})

describe('what only running a function tells', () => {
  const entity = (body: string) => `import { MigrationInterface, QueryRunner, Table, TableIndex } from 'typeorm'

export class AddOrders1710000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(new Table({ name: 'orders', columns: [{ name: 'id', type: 'bigint', isPrimary: true }, { name: 'user_id', type: 'bigint' }] }))
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('orders')
  }
}

export class IndexOrders1710000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE orders ADD COLUMN note text')
    ${body}
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('SELECT 1')
  }
}
`
  const typeorm = async (body: string) => {
    const project = await cliProject({ 'src/migrations/1710000000000-Orders.ts': entity(body) })
    symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(project.folder, 'node_modules'))
    project.put({
      'godwit.config.json': '{ "format": "typeorm", "migrations": "src/migrations" }',
      'src/data-source.ts': `import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, migrations: ['src/migrations/*.ts'] })
`,
    })
    return project
  }

  test('is found out on a throwaway database, and found where it was called', async () => {
    const project = await typeorm(
      "await runner.createIndex('orders', new TableIndex({ name: 'i', columnNames: ['user_id'] }))",
    )
    const { report, codes } = await lint(project)
    expect(report).toMatchObject({ notListed: [], notes: [] })
    expect(codes).toContain('require-concurrent-index-creation')
    const found = report.findings.find(({ code }) => code === 'require-concurrent-index-creation')
    expect(found).toMatchObject({ migration: 'IndexOrders1710000000001', line: 15, fixable: false })
  })

  test('stays untold with --no-shadow, and where it fails there', async () => {
    const untold = await typeorm("await runner.dropIndex('orders', 'nowhere')")
    const { report } = await lint(untold, '--no-shadow')
    expect(report).toMatchObject({ notes: [], notListed: [{ line: 5 }, { line: 15 }] })
    const failed = (await lint(untold)).report
    expect(failed.notListed).toMatchObject([{ line: 15 }])
    expect(failed.notes).toEqual([expect.stringContaining('IndexOrders1710000000001: ')])
  })
})

describe('--fix in programs', () => {
  test('of TypeORM writes into the class, which then runs', async () => {
    const project = await cliProject({
      'src/migrations/1720000000000-Fix.ts': `import { MigrationInterface, QueryRunner } from 'typeorm'

export class Fix1720000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX people_name ON people (name)')
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX people_name')
  }
}
`,
    })
    symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(project.folder, 'node_modules'))
    project.put({
      'godwit.config.json': '{ "format": "typeorm", "migrations": "src/migrations" }',
      'src/data-source.ts': `import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', url: '${project.database.url}', migrations: ['src/migrations/*.ts'] })
`,
    })
    await project.database.query(
      'create table people (name text); insert into people select n from generate_series(1, 30000) n; analyze people',
    )
    const { code, stdout } = await project.run('lint', '--fix')
    expect(stdout).toContain('CREATE INDEX CONCURRENTLY people_name ON people (name)')
    expect(code).toBe(0)
    expect((await project.run('up')).code).toBe(0)
    expect(
      await project.database.query("select indisvalid from pg_index where indexrelid = 'people_name'::regclass"),
    ).toEqual([{ indisvalid: true }])
  })

  test('of node-pg-migrate writes into the call, and nothing that is applied is edited', async () => {
    const project = await cliProject({
      'migrations/1710000000000_people.js':
        "exports.up = (pgm) => { pgm.createTable('people', { name: 'text' }) }\nexports.down = (pgm) => { pgm.dropTable('people') }\n",
      'migrations/1720000000000_index.js':
        "exports.up = (pgm) => {\n  pgm.createIndex('people', 'name', { name: 'people_name' })\n}\nexports.down = (pgm) => { pgm.dropIndex('people', 'name') }\n",
    })
    symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(project.folder, 'node_modules'))
    const config = { format: 'node-pg-migrate', migrations: 'migrations', database: project.database.url }
    project.put({ 'godwit.config.json': JSON.stringify(config) })
    await project.run('up', '1710000000000_people')
    await project.database.query('insert into people select n from generate_series(1, 30000) n; analyze people')
    expect((await project.run('lint', '--fix')).code).toBe(0)
    const fixed = readFileSync(join(project.folder, 'migrations/1720000000000_index.js'), 'utf8')
    expect(fixed).toContain('concurrently: true')
    expect((await project.run('up')).code).toBe(0)
    expect((await project.run('lint', '--fix')).stdout).toContain('nothing found')
    expect(readFileSync(join(project.folder, 'migrations/1720000000000_index.js'), 'utf8')).toBe(fixed)
  })
})

test('--live looks at the embedded database as well', async () => {
  const project = await cliProject({ ...users, ...index })
  symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(project.folder, 'node_modules'))
  project.put({ 'godwit.config.json': '{ "format": "sql", "migrations": "migrations", "database": "embedded" }' })
  await project.run('up', '1_users')
  expect(await lint(project, '--live')).toMatchObject({ code: 0, report: { live: true, migrations: ['2_index'] } })
})

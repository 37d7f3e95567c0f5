import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MongoClient } from 'mongodb'
import { loadDriver } from '../databases/mongodb/driver.js'
import { GodwitError, isGodwitError } from '../errors.js'
import { loadPeer, peerFile } from '../loading/peer.js'
import { choosePort } from './free-port.js'

/** Where the project's MongoDB is to run. */
export interface LocalMongoOptions {
  /** The project's folder; the data lives in its `.godwit/mongodb`. */
  projectDir: string
  /** Default: any free one. */
  port?: number | undefined
  /** Default `app`. */
  database?: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** A running one. */
export interface LocalMongo {
  url: string
  port: number
  /** Absolute. */
  dataDir: string
  stop: () => Promise<void>
  /** Settles when it has ended. */
  ended: Promise<void>
}

const SET = 'godwit'
const READY_WITHIN_MS = 30_000

/**
 * Starts a MongoDB for the project where one can be had: `mongod` on the PATH, else the project's mongodb-memory-server. It is a
 * replica set of one member, so that there are transactions, and listens on 127.0.0.1 only.
 *
 * @throws GodwitError GODWIT_NO_MONGOD, GODWIT_DB_PORT_TAKEN, GODWIT_MONGOD_FAILED
 */
export async function startLocalMongo(options: LocalMongoOptions): Promise<LocalMongo> {
  const { projectDir, database = 'app', env } = options
  const mongod = programOnPath('mongod', env.PATH ?? '') ?? (await downloaded(projectDir))
  if (mongod === undefined) throw new GodwitError('GODWIT_NO_MONGOD', {})
  const dataDir = join(projectDir, '.godwit', 'mongodb')
  await mkdir(dataDir, { recursive: true })
  await writeFile(join(projectDir, '.godwit', '.gitignore'), '*\n', { flag: 'wx' }).catch(() => {})
  const port = await choosePort(options.port, undefined)
  const args = ['--dbpath', dataDir, '--port', String(port), '--bind_ip', '127.0.0.1', '--replSet', SET]
  const server = spawn(mongod, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const said = lastWords(server)
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const failure = new Promise<never>((_, reject) => {
    const fail = (reason: string) => reject(new GodwitError('GODWIT_MONGOD_FAILED', { program: mongod, reason }))
    server.once('error', (error) => fail(error.message))
    server.once('exit', (code) => fail(`it ended with code ${code}: ${said()}`))
  })
  failure.catch(() => {})
  const stop = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) server.kill('SIGTERM')
    await ended
  }
  try {
    const set = await becomePrimary(projectDir, port, failure)
    const url = `mongodb://127.0.0.1:${port}/${database}${set ? `?replicaSet=${SET}` : ''}`
    return { url, port, dataDir, stop, ended }
  } catch (error) {
    await stop()
    if (isGodwitError(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new GodwitError('GODWIT_MONGOD_FAILED', { program: mongod, reason }, { cause: error })
  }
}

function programOnPath(name: string, path: string): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, file)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// The package downloads the program itself when it was installed, or now.
async function downloaded(projectDir: string): Promise<string | undefined> {
  const names = ['mongodb-memory-server', 'mongodb-memory-server-core']
  if (!names.some((name) => peerFile(name, projectDir) !== undefined)) return undefined
  const { MongoBinary } = await loadPeer<{ MongoBinary: { getPath: () => Promise<string> } }>(
    'mongodb-memory-server-core',
    { from: peerFile('mongodb-memory-server', projectDir) ?? projectDir, why: 'a local MongoDB' },
  )
  return MongoBinary.getPath()
}

/** @returns whether it is a replica set; what only speaks the protocol may know of none */
async function becomePrimary(projectDir: string, port: number, failure: Promise<never>): Promise<boolean> {
  const { MongoClient } = await loadDriver(projectDir)
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`
  const until = performance.now() + READY_WITHIN_MS
  const client = new MongoClient(url, { serverSelectionTimeoutMS: READY_WITHIN_MS })
  try {
    // A server that ended is not waited for.
    if (!(await Promise.race([initiate(client, port), failure]))) return false
    while (performance.now() < until) {
      const { isWritablePrimary } = await client.db('admin').command({ hello: 1 })
      if (isWritablePrimary) return true
      await sleep(100)
    }
    throw new Error(`it did not become ready within ${READY_WITHIN_MS / 1000} s`)
  } finally {
    await client.close()
  }
}

// Of a former start the set is there already.
async function initiate(client: MongoClient, port: number): Promise<boolean> {
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }]
  try {
    await client.db('admin').command({ replSetInitiate: { _id: SET, members } })
  } catch (error) {
    const { codeName } = error as { codeName?: string }
    if (codeName === 'CommandNotFound') return false
    if (codeName !== 'AlreadyInitialized') throw error
    const { config } = await client.db('admin').command({ replSetGetConfig: 1 })
    const moved = { ...config, version: config.version + 1, members }
    await client.db('admin').command({ replSetReconfig: moved, force: true })
  }
  return true
}

function lastWords(server: ChildProcess): () => string {
  let text = ''
  for (const stream of [server.stdout, server.stderr])
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text = (text + piece).slice(-2_000)
    })
  return () => text.trim().split('\n').at(-1) ?? ''
}

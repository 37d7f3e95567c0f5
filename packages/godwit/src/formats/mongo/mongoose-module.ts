import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadPeer } from '../../loading/peer.js'
import type { Ejson, MongooseSession } from './model-documents.js'

/** The part of mongoose that is used here, as versions 6 to 9 have it. */
export interface Mongoose {
  connection: MongooseConnection
  connect: (url: string, options: Record<string, unknown>) => Promise<unknown>
  /** By name. */
  models: Readonly<Record<string, unknown>>
  startSession: () => Promise<MongooseSession>
  /** Its driver. */
  mongo: { BSON: { EJSON: Ejson } }
}

export interface MongooseConnection {
  /** 0 disconnected, 1 connected, 2 connecting, 3 disconnecting. */
  readyState: number
  /** Name of the database. */
  name: string
  asPromise: () => Promise<unknown>
  close: (force?: boolean) => Promise<void>
  getClient: () => unknown
}

/** The mongoose that modules in a folder get; `undefined`: none. Godwit's own is none of the project's. */
export function installedMongoose(folder: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve('mongoose')
  } catch {
    return undefined
  }
}

/** Whether something in this process has imported it. */
export function isLoaded(file: string): boolean {
  return createRequire(file).cache[file] !== undefined
}

/** Loads what {@link installedMongoose} found. */
export function loadMongoose(folder: string): Promise<Mongoose> {
  return loadPeer<Mongoose>('mongoose', { from: folder, why: 'a migration' })
}

/**
 * Makes `import * as mongoose` give `mongoose.connection` to a file that is about to be imported, and to those it
 * imports. mongoose inherits that property, and compilers copy only own ones into a namespace; tools such as tsx keep
 * the inherited ones, so projects rely on it.
 */
export async function exposeConnection(file: string): Promise<void> {
  const folder = dirname(file)
  if (installedMongoose(folder) === undefined || !/mongoose|['"]\.{1,2}\//.test(readFileSync(file, 'utf8'))) return
  const mongoose: object = await loadMongoose(folder)
  if (Object.hasOwn(mongoose, 'connection')) return
  const inherited: object | null = Object.getPrototypeOf(mongoose)
  if (inherited === null) return
  Object.defineProperty(mongoose, 'connection', {
    configurable: true,
    enumerable: true,
    get: () => Reflect.get(inherited, 'connection', mongoose),
    set: (value) => Reflect.set(inherited, 'connection', value, mongoose),
  })
}

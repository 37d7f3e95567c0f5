import { existsSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { GodwitError, isGodwitError } from '../../errors.js'
import { reasonOf } from '../../loading/error-facts.js'
import { exportsOf, loadModule } from '../../loading/load-module.js'
import { loadPeer } from '../../loading/peer.js'
import { type EntityStorage, notingEntities } from './entity-places.js'
import { importEntities } from './imported-classes.js'
import { isTaken } from './turns.js'
import { type DataSource, isDataSource } from './typeorm-shapes.js'

interface Typeorm {
  getMetadataArgsStorage: () => EntityStorage & { entitySubscribers: { target: unknown }[] }
  DataSource: { new (options: Record<string, unknown>): DataSource; prototype: DataSource }
}

/**
 * Imports the one DataSource that a module exports, as TypeORM's own CLI finds it: by default or by name, also as a
 * promise. It is never initialized by that: a file that tries is stopped before anything reaches a database (rule 21).
 *
 * @throws GODWIT_TYPEORM_DATA_SOURCE, GODWIT_TYPEORM_INITIALIZED, and what importing a file throws
 */
export async function importDataSource(file: string, projectDir: string): Promise<DataSource> {
  const name = relative(projectDir, file)
  if (!existsSync(file)) throw new GodwitError('GODWIT_TYPEORM_DATA_SOURCE', { file: name, reason: 'it is not there' })
  const { DataSource, getMetadataArgsStorage } = await loadTypeorm(dirname(file))
  const found = await withoutInitialize(DataSource.prototype, name, async () => {
    const loaded = await notingEntities(getMetadataArgsStorage(), () => loadModule(file, { projectDir }))
    if (isDataSource(loaded)) return [loaded]
    const values = await Promise.all(Object.values(exportsOf(loaded)).map((value) => settled(value, name)))
    return [...new Set(values.filter(isDataSource))]
  })
  const [dataSource] = found
  if (dataSource === undefined || found.length > 1) {
    const reason = found.length > 1 ? `it exports ${found.length} DataSources` : 'it exports no DataSource'
    throw new GodwitError('GODWIT_TYPEORM_DATA_SOURCE', { file: name, reason })
  }
  if (dataSource.isInitialized && !isTaken(dataSource))
    throw new GodwitError('GODWIT_TYPEORM_INITIALIZED', { file: name })
  const { type } = dataSource.options
  if (type !== 'postgres') refuseDatabase(type, name)
  return dataSource
}

/** A DataSource without entities, for projects that have none in a file of its own. */
export async function bareDataSource(projectDir: string, schema: string | undefined): Promise<DataSource> {
  const { DataSource } = await loadTypeorm(projectDir)
  return new DataSource({ type: 'postgres', ...(schema === undefined ? {} : { schema }) })
}

/** @throws GODWIT_UNSUPPORTED_DATABASE */
export function refuseDatabase(type: string, file: string): never {
  throw new GodwitError('GODWIT_UNSUPPORTED_DATABASE', { what: `The database type '${type}' in ${file}` })
}

/** Imports what a DataSource names as its entities. Throws what importing a file throws. */
export async function entitiesOf(dataSource: DataSource, folder: string, projectDir: string): Promise<unknown[]> {
  const { getMetadataArgsStorage } = await loadTypeorm(folder)
  return notingEntities(getMetadataArgsStorage(), () => importEntities(dataSource.options.entities, projectDir))
}

/**
 * The subscribers that a DataSource names, each made once as TypeORM makes them. Throws what importing a file throws.
 *
 * @param named as its options have them
 */
export async function subscribersOf(named: unknown, folder: string, projectDir: string): Promise<unknown[]> {
  const { getMetadataArgsStorage } = await loadTypeorm(folder)
  const given = await importEntities(named, projectDir)
  const marked = new Set(getMetadataArgsStorage().entitySubscribers.map(({ target }) => target))
  return given.filter((each) => marked.has(each)).map((each) => new (each as new () => unknown)())
}

function loadTypeorm(folder: string): Promise<Typeorm> {
  return loadPeer<Typeorm>('typeorm', { from: folder, why: 'the typeorm format', install: 'typeorm reflect-metadata' })
}

async function settled(value: unknown, file: string): Promise<unknown> {
  try {
    return await value
  } catch (error) {
    throw isGodwitError(error)
      ? error
      : new GodwitError('GODWIT_TYPEORM_DATA_SOURCE', { file, reason: reasonOf(error) }, { cause: error })
  }
}

/** Runs `load` while `initialize()` does nothing but stop it; the promise it gives never settles, so nobody goes on. */
async function withoutInitialize<T>(prototype: DataSource, file: string, load: () => Promise<T>): Promise<T> {
  const own = prototype.initialize
  let stop: (error: GodwitError) => void = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = reject
  })
  stopped.catch(() => {})
  prototype.initialize = () => {
    stop(new GodwitError('GODWIT_TYPEORM_INITIALIZED', { file }))
    return new Promise(() => {})
  }
  try {
    const loaded = await Promise.race([load(), stopped])
    // A call made in the last synchronous part has been noted by now.
    return await Promise.race([stopped, Promise.resolve(loaded)])
  } finally {
    prototype.initialize = own
  }
}

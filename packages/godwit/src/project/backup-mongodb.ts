import type { Manifest } from '../backup/manifest.js'
import { mongoDumpArguments, mongoRestoreArguments, runMongoTool } from '../backup/mongodb.js'
import { collectionNames, countCollections, onMongo } from '../databases/mongodb/collections.js'
import { onMongoDatabase, placeOf } from '../databases/mongodb/url.js'
import { GodwitError } from '../errors.js'
import type { ProjectWork } from './work.js'

/**
 * Dumps a database of MongoDB. There is no snapshot: a collection whose count is another one behind the dump has none.
 *
 * @param file where `mongodump` writes, absolute
 * @throws GodwitError GODWIT_BACKUP_TOOL, GODWIT_BACKUP_FAILED
 */
export async function dumpMongo(
  { parts: { url: urlOf, options, description } }: ProjectWork,
  database: string,
  file: string,
): Promise<Pick<Manifest, 'tool' | 'time' | 'tables'>> {
  const url = (await urlOf()) as string
  const { env, signal } = options
  const time = new Date().toISOString()
  const count = () => onMongo(url, description.folder, countCollections)
  const before = await count()
  const args = (config: string) => mongoDumpArguments(config, database, file)
  const { tools, end, complaint } = await runMongoTool({ name: 'mongodump', url, args, env, signal })
  if (!end.ok) throw new GodwitError('GODWIT_BACKUP_FAILED', { tool: 'mongodump', reason: complaint })
  const after = new Map((await count()).map(({ name, documents }) => [name, documents]))
  const tables = before.map(({ name, documents }) => ({ name, rows: after.get(name) === documents ? documents : null }))
  return { tool: `mongodump ${tools.version}`, time, tables }
}

/** Where a dump of MongoDB goes. */
export interface MongoRestore {
  url: string
  /** The database's name, and that of the one that was dumped. */
  into: string
  from: string
  file: string
  /** Collections that are left out. */
  without: readonly string[]
}

/** @throws GodwitError GODWIT_BACKUP_TOOL, GODWIT_RESTORE_HALFWAY */
export async function restoreMongo(
  { parts: { options } }: ProjectWork,
  { url, ...wanted }: MongoRestore,
): Promise<void> {
  const { env, signal } = options
  const args = (config: string) => mongoRestoreArguments(config, wanted)
  const { end, complaint } = await runMongoTool({ name: 'mongorestore', url, args, env, signal })
  if (end.ok) return
  throw new GodwitError('GODWIT_RESTORE_HALFWAY', { file: wanted.file, tool: 'mongorestore', reason: complaint })
}

/** What is in a database of MongoDB but for some collections, in words, and what drops it. */
export async function mongoContents(url: string, projectDir: string, without: readonly string[]) {
  const names = await onMongo(url, projectDir, collectionNames)
  const standing = names.filter((name) => !without.includes(name))
  const drop = () =>
    onMongo(url, projectDir, async (db) => {
      for (const name of standing) await db.dropCollection(name)
    })
  return { goes: standing.map((name) => `collection ${name}`), drop }
}

/**
 * Restores a dump into a scratch database, and says what is there then.
 *
 * @throws GodwitError GODWIT_SHADOW_NEEDED, GODWIT_RESTORE_HALFWAY
 */
export async function tryMongo(
  work: ProjectWork,
  { database }: Pick<Manifest, 'database'>,
  file: string,
  shadow: string | undefined,
): Promise<{ there: Pick<Manifest, 'tables'>; on: string }> {
  const { format, description } = work.parts
  const url = shadow ?? work.shadow.url
  if (url === undefined || url === '') throw new GodwitError('GODWIT_SHADOW_NEEDED', {})
  if (format.history.kind !== 'collection') throw new GodwitError('GODWIT_CHECK_FORMAT', { format: format.id })
  const { openScratch } = await import('../databases/mongodb/scratch.js')
  const scratch = await openScratch(url, format.history, { ...work.openOptions(), projectDir: description.folder })
  try {
    const into = scratch.db.databaseName
    await restoreMongo(work, { url, into, from: database, file, without: [] })
    const counted = await countCollections(scratch.db)
    const tables = counted.map(({ name, documents }) => ({ name, rows: documents }))
    return {
      there: { tables },
      on: `scratch database on ${placeOf(onMongoDatabase(url, '')).address.replace(/\/test$/, '')}`,
    }
  } finally {
    await scratch.drop()
  }
}

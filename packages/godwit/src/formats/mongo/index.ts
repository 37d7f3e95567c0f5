import type { MigrationFile } from '../../engine/migration.js'
import type { Format, FormatContext } from '../contract.js'
import { composeMigration } from './create.js'
import { usualPlace } from './find-migrations.js'
import { type FoundMigration, toFiles } from './found.js'
import { mongoHistory } from './history.js'
import type { ImportedMigration } from './imported.js'
import { findArray, listEntries, noteOversights } from './list-array.js'
import { listFiles } from './list-files.js'
import { MigrationLoader } from './load.js'
import { placeOf } from './migration-files.js'
import { ModuleGraph } from './module-graph.js'
import { MongooseConnections } from './mongoose.js'
import { mongooseOrm } from './orm.js'
import type { MongoSection } from './section.js'
import { sortKeyOf } from './sort-key.js'

export type { MongoSection } from './section.js'

/** Opens a project whose migrations are objects `{ name, up, down }`, in an array or in files of their own. */
export async function openMongoFormat(context: FormatContext<MongoSection | undefined>): Promise<Format> {
  const { projectDir, env } = context
  const pattern = context.migrations ?? usualPlace(projectDir) ?? 'src/database/migrations'
  const connections = new MongooseConnections()
  const loader = new MigrationLoader(projectDir, connections)
  const told = new Set<string>()
  // What only the array's module gives.
  let imported = new Map<string, ImportedMigration>()

  return {
    id: 'mongo',
    list,
    sortKeyOf,
    load: (file, direction) => loader.load(file, direction, imported.get(file.name)),
    history: mongoHistory(context.section),
    peerLocks: [],
    create: async (name, options) => composeMigration(name, options, pattern, context),
    target: async () => env.MONGODB_URI || env.MONGO_URL || undefined,
    orm: mongooseOrm(projectDir, connections),
    close: () => connections.close(),
  }

  async function list(): Promise<MigrationFile[]> {
    const graph = new ModuleGraph(projectDir)
    const place = await placeOf(pattern, projectDir)
    if ('files' in place) return toFiles(await listFiles(place.files, graph, context, told), projectDir)
    const found = await listArray(place.array, graph)
    const files = toFiles(found, projectDir)
    noteOversights(place.array, found, context, told)
    return files
  }

  async function listArray(file: string, graph: ModuleGraph): Promise<FoundMigration[]> {
    const array = findArray(graph, file)
    const read = array && listEntries(graph, array, projectDir)
    if (read !== undefined) return read
    const { listByImport } = await import('./array-origins.js')
    const listed = await listByImport(file, graph, context)
    imported = new Map(listed.imported.map((migration) => [migration.name, migration]))
    return listed.found
  }
}

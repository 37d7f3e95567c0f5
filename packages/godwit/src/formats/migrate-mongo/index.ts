import type { Format, FormatContext, HistoryCollection } from '../contract.js'
import { MongooseConnections } from '../mongo/mongoose.js'
import { mongooseOrm } from '../mongo/orm.js'
import { composeMigration } from './create.js'
import { FileNames, sortKeyOf } from './file-names.js'
import { changelog } from './history.js'
import { listMigrations } from './list.js'
import { loadMigration } from './load.js'
import type { MigrateMongoSection } from './section.js'
import { settle } from './settings.js'
import { targetOf } from './target.js'

export type { MigrateMongoSection } from './section.js'

/**
 * Opens a folder of migrate-mongo's migrations, with what its own config says.
 *
 * @throws GODWIT_MIGRATE_MONGO_CONFIG, and what importing that config throws
 */
export async function openMigrateMongoFormat(
  context: FormatContext<MigrateMongoSection | undefined>,
): Promise<Format & { history: HistoryCollection }> {
  const { projectDir, warn } = context
  const settings = await settle(context)
  const names = new FileNames(settings.ending)
  const connections = new MongooseConnections()
  return {
    id: 'migrate-mongo',
    list: () => listMigrations(settings, names, projectDir),
    sortKeyOf,
    load: (file, direction) => loadMigration(file, direction, projectDir),
    history: changelog(settings, names),
    peerLocks: [],
    create: async (name, options) => composeMigration(name, options, settings, names, projectDir),
    target: async () => targetOf(settings.own, warn),
    orm: mongooseOrm(projectDir, connections),
    close: () => connections.close(),
  }
}

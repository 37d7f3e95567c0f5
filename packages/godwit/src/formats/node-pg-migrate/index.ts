import { ident } from '../../sql/quote.js'
import type { FormatContext, TableFormat } from '../contract.js'
import { baselineText } from './baseline.js'
import { majorVersion } from './builder.js'
import { composeMigration } from './create.js'
import { numberReader, orderFiles } from './file-order.js'
import { pgmigrations } from './history.js'
import { type Listing, listMigrations } from './list.js'
import { MigrationLoader } from './load.js'
import type { NodePgMigrateSection } from './section.js'
import { settle } from './settings.js'
import { targetOf } from './target.js'

export type { NodePgMigrateSection } from './section.js'

/**
 * Opens a folder of node-pg-migrate's migrations: JavaScript and TypeScript on the builder of the user's own version,
 * and SQL files.
 *
 * @throws GODWIT_PGM_CONFIG and what reading node-pg-migrate's own config throws
 */
export async function openNodePgMigrateFormat(
  context: FormatContext<NodePgMigrateSection | undefined>,
): Promise<TableFormat> {
  const { projectDir, section, env } = context
  const settings = await settle(context)
  const numberOf = numberReader(majorVersion(projectDir))
  let order = orderFiles([], numberOf)
  let listing: Promise<Listing> | undefined
  const list = async (): Promise<Listing> => {
    const found = await listMigrations(settings.source, numberOf, projectDir)
    order = found.order
    return found
  }
  const loader = new MigrationLoader(context, settings.decamelize, () => {
    listing ??= list()
    return listing
  })
  return {
    id: 'node-pg-migrate',
    list: async () => {
      listing = list()
      return (await listing).files
    },
    sortKeyOf: (name) => order.keyOfName(name),
    load: (file, direction) => loader.load(file, direction),
    history: pgmigrations(settings),
    peerLocks: settings.lock === null ? [] : [settings.lock],
    searchPath: settings.schemas,
    allowOutOfOrder: !settings.checkOrder,
    prepare: async (client) => {
      if (!settings.createsSchemas) return
      for (const schema of settings.schemas) await client.query(`CREATE SCHEMA IF NOT EXISTS ${ident(schema)}`)
    },
    create: (name, options) => composeMigration(name, options, settings, context, async () => (await list()).files),
    baseline: async ({ name, now, statements }) => {
      const textOf: Parameters<typeof composeMigration>[1]['textOf'] = (language, inModule) =>
        baselineText(statements, language, inModule)
      return composeMigration(name, { now, textOf }, settings, context, async () => [])
    },
    target: async () => targetOf(section, settings, env),
  }
}

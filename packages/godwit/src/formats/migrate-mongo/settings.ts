import { resolve } from 'node:path'
import type { FormatContext } from '../contract.js'
import { type OwnConfig, readOwnConfig } from './own-config.js'
import type { MigrateMongoSection } from './section.js'

/** Everything that is settled once: Godwit's config first, migrate-mongo's own next, then the values of its sample. */
export interface Settings {
  /** Absolute. */
  folder: string
  changelog: string
  /** The lock that migrate-mongo takes; absent: it takes none. */
  lock?: { name: string; ttlSeconds: number }
  /** With its dot. */
  ending: string
  useFileHash: boolean
  /** What a new migration in a `.js` file is, where no package.json says. */
  esModules: boolean
  own: OwnConfig
}

/** Settles the settings. @throws GODWIT_MIGRATE_MONGO_CONFIG, and what importing a file throws */
export async function settle(context: FormatContext<MigrateMongoSection | undefined>): Promise<Settings> {
  const own = await readOwnConfig(context.section, context)
  const { lockCollectionName, lockTtl } = own
  if (lockCollectionName !== undefined && lockTtl === undefined)
    context.warn(
      `${own.file}: migrate-mongo takes a lock that never ends where 'lockTtl' is absent. Godwit leaves that lock alone; set 'lockTtl'.`,
    )
  return {
    folder: resolve(context.projectDir, folderOf(context.migrations) ?? own.migrationsDir ?? 'migrations'),
    changelog: own.changelogCollectionName ?? 'changelog',
    ...(lockCollectionName !== undefined && lockTtl !== undefined && lockTtl > 0
      ? { lock: { name: lockCollectionName, ttlSeconds: lockTtl } }
      : {}),
    ending: own.migrationFileExtension ?? '.js',
    useFileHash: own.useFileHash === true,
    esModules: own.moduleSystem === 'esm',
    own,
  }
}

// A folder, or a glob of all its files, which says the same.
function folderOf(migrations: string | undefined): string | undefined {
  return migrations?.replace(/[/\\]\*(?:\.\w+)?$/, '')
}

import { type ErrorEntries, entry } from './entry.js'

/** The rules of the format migrate-mongo. */
export const migrateMongoErrors = {
  GODWIT_MIGRATE_MONGO_CONFIG: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be used as the config of migrate-mongo: ${f.reason}`,
    () => 'Which file it is: `migrateMongo: { config }` in the config, or -f <file>. Nothing was run.',
  ),
  GODWIT_MIGRATE_MONGO_NO_UP: entry<{ file: string; found: string }>(
    2,
    (f) => `${f.file} exports ${f.found} as 'up' where a function should be.`,
    () => 'Export a function: export const up = async (db, client) => {}. Nothing was run.',
  ),
} satisfies ErrorEntries

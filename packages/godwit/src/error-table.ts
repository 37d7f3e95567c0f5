import { backupErrors } from './error-table/backup.js'
import { commandLineErrors } from './error-table/command-line.js'
import { connectionErrors } from './error-table/connection.js'
import { filesErrors } from './error-table/files.js'
import { formatsErrors } from './error-table/formats.js'
import { generateErrors } from './error-table/generate.js'
import { historyErrors } from './error-table/history.js'
import { migrateMongoErrors } from './error-table/migrate-mongo.js'
import { projectErrors } from './error-table/project.js'
import { runErrors } from './error-table/run.js'
import { seedErrors } from './error-table/seeds.js'

export type { ErrorEntry } from './error-table/entry.js'

/** Every error a user can meet. The reference page and the snapshot of texts are made from this table. */
export const errorTable = {
  ...connectionErrors,
  ...projectErrors,
  ...filesErrors,
  ...formatsErrors,
  ...migrateMongoErrors,
  ...historyErrors,
  ...generateErrors,
  ...runErrors,
  ...seedErrors,
  ...backupErrors,
  ...commandLineErrors,
}

export type ErrorCode = keyof typeof errorTable

/** The facts that the entry of a code is told with. */
export type FactsOf<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>[0]

import type { FormatId } from '../formats/contract.js'
import type { MigrateMongoSection } from '../formats/migrate-mongo/section.js'
import type { MongoSection } from '../formats/mongo/section.js'
import type { NodePgMigrateSection } from '../formats/node-pg-migrate/section.js'
import type { PrismaSection } from '../formats/prisma/section.js'
import type { SqlSection } from '../formats/sql/section.js'
import type { TypeormSection } from '../formats/typeorm/section.js'
import type { LintSection } from '../lint/section.js'

/** One database, one source of migrations. */
export interface ProjectConfig {
  /** How the migrations are written and recorded. Detected when absent. */
  format?: FormatId
  /** A folder or a glob, relative to the config. */
  migrations?: string
  /** A `postgres://` or `mongodb://` URL, `'embedded'`, `'embedded:memory'` or `'embedded:<folder>'`. */
  database?: string | undefined
  /** Folder of the seeds, relative to the config. */
  seeds?: string
  /** URL of a server that throwaway databases may be made on. */
  shadow?: string | undefined
  /** How long to wait for another runner; a duration such as `'90s'`. Default 60 s. */
  wait?: string | number
  /** PostgreSQL's `lock_timeout` for migrations; a duration. Default 5 s; 0 waits for ever. */
  lockTimeout?: string | number
  /** How often a migration that could not get a lock is tried again. Default 10; 0 never. */
  lockRetries?: number
  /** PostgreSQL's `statement_timeout` for migrations; a duration. */
  statementTimeout?: string | number
  /** PostgreSQL's `idle_in_transaction_session_timeout` for migrations; a duration. */
  idleInTransactionSessionTimeout?: string | number
  /** How long a function that is at work when the run is stopped may go on; a duration. Default 20 s. */
  grace?: string | number
  /** Godwit's own records. */
  godwit?: {
    schema?: string
    /** Whether a transaction pooler is in between, where that is found out wrongly. */
    pooled?: boolean
  }
  /** Where `godwit backup` writes to, relative to the config. Default `backups`. */
  backup?: { folder?: string }
  /** What `godwit lint` looks for. */
  lint?: LintSection
  sql?: SqlSection
  nodePgMigrate?: NodePgMigrateSection
  typeorm?: TypeormSection
  prisma?: PrismaSection
  mongo?: MongoSection
  migrateMongo?: MigrateMongoSection
}

/** What `godwit.config.ts` exports: one project, or several by name. */
export interface GodwitConfig extends ProjectConfig {
  projects?: Record<string, ProjectConfig>
}

/**
 * Types a config file; the object comes back as it is.
 *
 * @example
 * export default defineConfig({ format: 'sql', migrations: 'migrations', database: process.env.DATABASE_URL })
 */
export function defineConfig(config: GodwitConfig): GodwitConfig {
  return config
}

type KeysOf<T> = readonly (keyof T & string)[]

/** Every key a project may have. */
export const projectKeys = [
  'format',
  'migrations',
  'database',
  'seeds',
  'shadow',
  'wait',
  'lockTimeout',
  'lockRetries',
  'statementTimeout',
  'idleInTransactionSessionTimeout',
  'grace',
  'godwit',
  'backup',
  'lint',
  'sql',
  'nodePgMigrate',
  'typeorm',
  'prisma',
  'mongo',
  'migrateMongo',
] as const satisfies KeysOf<ProjectConfig>

/** What `format` may say. */
export const formatIds = [
  'sql',
  'node-pg-migrate',
  'typeorm',
  'prisma',
  'mongo',
  'migrate-mongo',
] as const satisfies readonly FormatId[]

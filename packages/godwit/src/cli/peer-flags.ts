import type { OpenProjectOptions } from '../project/options.js'

/** Flags that users of the formats' own tools type (rule 41); accepted everywhere, and not in the way of the help. */
export const peerFlags: readonly [string, string][] = [
  ['-m, --migrations-dir <folder>', "node-pg-migrate's and migrate-mongo's: the folder of the migrations"],
  ['-f, --config-file <file>', "node-pg-migrate's and migrate-mongo's: its own config file"],
  ['--file <file>', "migrate-mongo's: the same as -f"],
  ['--no-lock', "node-pg-migrate's: do not take its lock"],
  ['--lock-value <n>', "node-pg-migrate's: the number of its lock"],
  ['--create-schema', "node-pg-migrate's: make the schemas that are absent"],
  ['--single-transaction', "node-pg-migrate's default; here each migration is a transaction of its own"],
  ['--template-file-name <file>', "node-pg-migrate's: the same as --template of create"],
  ['-d, --data-source <file>', "TypeORM's: the file of the DataSource"],
  ['-t, --transaction <mode>', "TypeORM's: each or none"],
]

/** What commander makes of them. */
export interface PeerFlags {
  migrationsDir?: string
  configFile?: string
  file?: string
  lock?: boolean
  lockValue?: string
  createSchema?: boolean
  singleTransaction?: boolean
  templateFileName?: string
  dataSource?: string
  transaction?: string
}

/** The peers' flags as parts of the config. */
export function peerOverrides(flags: PeerFlags, tell: (message: string) => void): OpenProjectOptions['overrides'] {
  const { migrationsDir, configFile, file = configFile, lock, lockValue, createSchema, dataSource, transaction } = flags
  if (flags.singleTransaction) tell('--single-transaction: each migration is a transaction of its own here.')
  const nodePgMigrate = {
    ...(configFile === undefined ? {} : { configFile }),
    ...(lock === false ? { noLock: true } : {}),
    ...(lockValue === undefined ? {} : { lockValue: Number(lockValue) }),
    ...(createSchema ? { createSchema: true, createMigrationsSchema: true } : {}),
  }
  const typeorm = {
    ...(dataSource === undefined ? {} : { dataSource }),
    ...(transaction === 'each' || transaction === 'all' || transaction === 'none' ? ({ transaction } as const) : {}),
  }
  return {
    ...(migrationsDir === undefined ? {} : { migrations: migrationsDir }),
    ...(Object.keys(nodePgMigrate).length === 0 ? {} : { nodePgMigrate }),
    ...(Object.keys(typeorm).length === 0 ? {} : { typeorm }),
    ...(file === undefined ? {} : { migrateMongo: { config: file } }),
  }
}

/** The config's `migrateMongo` section. */
export interface MigrateMongoSection {
  /** The file of migrate-mongo's own config, relative to ours; `migrate-mongo-config.*` when absent. */
  config?: string
}

/** The config's `typeorm: { … }`. */
export interface TypeormSection {
  /** The module that exports the DataSource, from the project's folder; TypeORM's own `-d`. */
  dataSource?: string
  /** The history table, where it is not the DataSource's `migrationsTableName`. */
  table?: string
  /** The history table's schema, where it is not the DataSource's `schema`. */
  schema?: string
  /** Whether a migration that does not say so itself runs in a transaction; `all` is treated like `each`. */
  transaction?: 'each' | 'all' | 'none'
  /** Runs the compiled `.js` of a migration instead of its `.ts` where both are found and the `.js` is not older. */
  compiled?: boolean
  /** The language of new migrations. */
  language?: 'ts' | 'js'
}

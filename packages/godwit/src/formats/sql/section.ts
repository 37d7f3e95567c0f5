/** The config's `sql` section. */
export interface SqlSection {
  /** The history table's name; `godwit_migrations` when absent. */
  table?: string
  /** The history table's schema; the first of the connection's search_path when absent. */
  schema?: string
}

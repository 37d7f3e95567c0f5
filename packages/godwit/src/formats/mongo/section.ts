/** The config's `mongo` section. */
export interface MongoSection {
  /** The history collection's name; `migrations` when absent. */
  collection?: string
  /** The fields of its documents, where an existing history has others. */
  history?: {
    /** Default `name`. */
    name?: string
    /** Default `appliedAt`. */
    appliedAt?: string
  }
}

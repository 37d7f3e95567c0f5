/** What the impact of a statement depends on, as a database has it now. Sizes in bytes. */
export interface SchemaFacts {
  /** The server's major version. */
  major: number
  /** The schemas that a name without one is looked for in, in that order. */
  searchPath: readonly string[]
  /** `TimeZone` is UTC: timestamps with and without a zone are the same bytes. */
  utc: boolean
  relations: readonly RelationFacts[]
  /** Types of people's own that columns can have. */
  types: readonly TypeFacts[]
  /** Names of functions that are not the same each time they are called. */
  volatile: readonly string[]
  /** Extended statistics and the table that each is of. */
  statistics: readonly { schema: string; name: string; table: number }[]
}

export type RelationKind = 'table' | 'partitioned' | 'index' | 'view' | 'materialized' | 'foreign' | 'sequence'

/** A table, an index, a view. */
export interface RelationFacts {
  /** Its oid. */
  id: number
  schema: string
  name: string
  kind: RelationKind
  /** The server's estimate; `null`: never analysed. */
  rows: number | null
  /** With its TOAST table, without indexes. */
  bytes: number
  indexBytes: number
  columns: readonly ColumnFacts[]
  constraints: readonly ConstraintFacts[]
  /** Of an index: the table it is on. */
  index?: IndexFacts
  /** Tables that it inherits from or is a partition of. */
  parents: readonly number[]
  /** It is a partition, not an heir. */
  partition: boolean
  /** The partition for what goes into no other. */
  isDefault: boolean
  /** A trigger or a rule may change rows elsewhere when rows of it are changed. */
  triggers: boolean
  /** Of a sequence: the column it is dropped with. */
  owner?: { table: number; column: string }
  /** Of a view: what it reads, and which columns of it. */
  reads: readonly { from: number; columns: readonly string[] }[]
}

export interface ColumnFacts {
  name: string
  /** As `format_type` prints it. */
  type: string
  /** The oid of the type, or of an array's elements. */
  typeId: number
  notNull: boolean
  hasDefault: boolean
  /** Its values come from an expression or an identity: nobody may write them. */
  generated: boolean
}

export interface ConstraintFacts {
  name: string
  kind: 'primary' | 'unique' | 'exclusion' | 'check' | 'foreign' | 'not null'
  columns: readonly string[]
  /** As `pg_get_constraintdef` prints it. */
  says: string
  validated: boolean
  /** Of a foreign key. */
  references?: {
    table: number
    columns: readonly string[]
    onDelete: ForeignAction
    onUpdate: ForeignAction
    /** `MATCH FULL`. */
    full?: boolean
    /** It is about a `PERIOD`. */
    period?: boolean
  }
  /** The index that keeps it. */
  index?: number
}

/** `pg_constraint.confdeltype`: no action, restrict, cascade, set null, set default. */
export type ForeignAction = 'a' | 'r' | 'c' | 'n' | 'd'

export interface IndexFacts {
  table: number
  unique: boolean
  valid: boolean
  /** Columns of its key; `null` for an expression. */
  columns: readonly (string | null)[]
  /** It holds only some rows. */
  partial: boolean
  says: string
}

export interface TypeFacts {
  id: number
  schema: string
  name: string
  kind: 'enum' | 'domain' | 'composite' | 'range' | 'base'
  /** Of a domain: it refuses some values of its base. */
  constrained: boolean
  /** Of a domain: the type under it, as `format_type` prints it. */
  base: string | null
  labels: readonly string[]
}

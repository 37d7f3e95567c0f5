import type { SeedDriver, SeedRow } from '../databases/seeding.js'

/** An ORM as seeds use it. */
export interface Orm {
  /** What functions are given it as. */
  tool: 'dataSource' | 'prisma' | 'mongoose'
  /** Its models go by names alone: such a name means the model, also where a table has it too. */
  modelsByName: boolean
  /** Where the rows of an entity go; `undefined`: it is none of the project's. Read-only. */
  describe: (entity: unknown, context: OrmContext) => Promise<EntityPlace | undefined>
  /** The names of all entities, for who looks for one. */
  known: (context: OrmContext) => Promise<string[]>
  /** Opens it for one seed, in the seed's own transaction where the ORM can, else in one of its own. */
  open: (context: OrmContext) => Promise<OrmSession>
}

/** What an ORM works on. */
export interface OrmContext {
  driver: SeedDriver
  /** The target's URL, for an ORM that connects by itself; `undefined`: nothing can connect to it. */
  url: string | undefined
}

/** An entity, or a model, in the database. */
export interface EntityPlace {
  /** For people. */
  name: string
  /** Its table or collection. */
  place: string
  /** Columns of its primary key. */
  primary: readonly string[]
  /** The column behind a property, or behind a relation that has one; `undefined`: there is none. */
  columnOf: (property: string) => string | undefined
  propertyOf: (column: string) => string | undefined
}

/** An ORM at work for one seed. */
export interface OrmSession {
  /** What a function is given. */
  tool: unknown
  /** With the ORM's own transaction, for what must be told which one it takes part in. */
  session?: unknown
  /**
   * Looks for one row.
   *
   * @param where values by property
   * @param properties that the seed gives
   */
  find: (entity: unknown, where: SeedRow, properties: readonly string[]) => Promise<FoundEntity | undefined>
  /** A key as it is stored, where the ORM changes values on their way. */
  stored?: (entity: unknown, key: SeedRow) => Promise<SeedRow>
  /** Saves a new row. */
  insert: (entity: unknown, row: SeedRow) => Promise<void>
  /** Ends it. `done`: what it wrote on a connection of its own is committed. */
  end: (outcome: 'done' | 'failed') => Promise<void>
}

/** A row that is there. */
export interface FoundEntity {
  /** A property as the database has it. */
  valueOf: (property: string) => unknown
  /** The properties of `row` that have other values. */
  differing: (row: SeedRow) => Promise<string[]>
  /** Gives it values of `row`. */
  update: (row: SeedRow, properties: readonly string[]) => Promise<void>
}

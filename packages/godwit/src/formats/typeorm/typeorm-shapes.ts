import type pg from 'pg'

/**
 * The parts of TypeORM that are used here, as both 0.3 and 1.x have them. TypeORM's own types name one of the two.
 */
export interface DataSource {
  options: DataSourceOptions
  isInitialized: boolean
  driver: Driver
  entityMetadatas: EntityMetadata[]
  namingStrategy: { primaryKeyName: (table: string, columns: string[]) => string }
  logger: unknown
  queryResultCache?: unknown
  initialize: () => Promise<DataSource>
  /** Protected in TypeORM's types: a part of initializing it for which no database is asked. */
  buildMetadatas: () => Promise<void>
  destroy: () => Promise<void>
  setOptions: (options: Record<string, unknown>) => unknown
  createQueryRunner: () => QueryRunner
  subscribers: unknown[]
  hasMetadata: (entity: unknown) => boolean
  getMetadata: (entity: unknown) => EntityMetadata
  getRepository: (entity: unknown) => Repository
  query: (text: string, parameters?: unknown[]) => Promise<Record<string, unknown>[]>
}

/** The rows of an entity. */
export interface Repository {
  create: (plain: object) => object
  merge: (entity: object, plain: object) => object
  findOne: (options: { where: object; withDeleted: boolean; loadEagerRelations: boolean }) => Promise<object | null>
  save: (entity: object) => Promise<unknown>
}

export interface DataSourceOptions extends Readonly<Record<string, unknown>> {
  type: string
}

export interface Driver {
  /** Protected in TypeORM's types: takes `options.driver` as the `pg` module. */
  loadDependencies: () => void
  createQueryRunner: (mode: 'master' | 'slave') => QueryRunner
  createSchemaBuilder: () => SchemaBuilder
  connectedQueryRunners: QueryRunner[]
  createFullType: (column: TableColumn) => string
  /** A value as it is sent to the server. */
  preparePersistentValue: (value: unknown, column: ColumnMetadata) => unknown
  escape: (name: string) => string
  parseTableName: (table: string) => { schema?: string; tableName: string }
  /** The usual schema; absent: the connection's. */
  schema?: string | undefined
  database?: string | undefined
}

/** What compares entities with tables. */
export interface SchemaBuilder {
  createMetadataTableIfNecessary?: (runner: QueryRunner) => Promise<void>
  /** The statements that make the database what the entities say; nothing is run. */
  log: () => Promise<{ upQueries: Query[]; downQueries: Query[] }>
  /** Protected in TypeORM's types: takes one new and one old column of a table as a rename, unasked. */
  renameColumns: () => Promise<void>
  /** Protected in TypeORM's types. */
  getTablePath: (target: object) => string
}

/** One statement. */
export interface Query {
  query: string
  parameters?: unknown[]
}

/** An entity as TypeORM has understood it. */
export interface EntityMetadata {
  name: string
  /** Its class, or the name of its schema. */
  target: unknown
  tableName: string
  schema?: string
  tablePath: string
  tableType: string
  synchronize: boolean
  columns: ColumnMetadata[]
  primaryColumns: ColumnMetadata[]
  relations: RelationMetadata[]
  manyToManyRelations: { propertyPath: string; isOwning: boolean; junctionEntityMetadata?: EntityMetadata }[]
}

/** A property of an entity that is a column. */
export interface ColumnMetadata {
  propertyName: string
  /** With the properties of embedded objects before it. */
  propertyPath: string
  databaseName: string
  type: unknown
  relationMetadata?: RelationMetadata
  /** The column that one of a relation points to. */
  referencedColumn?: ColumnMetadata
  getEntityValue: (entity: object) => unknown
}

/** A property of an entity that is another entity. */
export interface RelationMetadata {
  propertyName: string
  /** Its columns in the entity's own table. */
  joinColumns: ColumnMetadata[]
  isManyToOne: boolean
  isOneToOneOwner: boolean
}

/** A table as TypeORM reads it from the database. */
export interface Table {
  name: string
  columns: TableColumn[]
}

/** A column, of an entity or of a table. */
export interface TableColumn {
  name: string
  type: string
  length: string
  precision?: number | null
  scale?: number
  isArray: boolean
  isGenerated?: boolean
  generationStrategy?: string
  enum?: string[]
  enumName?: string
  default?: unknown
  generatedType?: string
  asExpression?: string
  clone: () => TableColumn
}

export interface QueryRunner {
  isTransactionActive: boolean
  /** Protected in TypeORM's types: 0 outside of a transaction, 1 in one, more within savepoints. */
  transactionDepth: number
  connect: () => Promise<unknown>
  query: (...given: unknown[]) => Promise<unknown>
  beforeMigration: () => Promise<void>
  afterMigration: () => Promise<void>
  release: () => Promise<void>
  /** Protected in TypeORM's types. */
  loadTables: (names?: string[]) => Promise<Table[]>
  /** Protected in TypeORM's types: every change of the schema ends here. */
  executeQueries: (up: Query | Query[], down: Query | Query[]) => Promise<void>
  changeColumn: (table: Table, before: TableColumn, after: TableColumn) => Promise<void>
  renameColumn: (table: string, before: string, after: string) => Promise<void>
  renameTable: (before: string, after: string) => Promise<void>
  /** What would be run is only taken down. */
  enableSqlMemory: () => void
  disableSqlMemory: () => void
  /** These are protected in TypeORM's types. */
  escapePath: (table: Table | string) => string
  buildEnumName: (table: Table, column: TableColumn) => string
  createEnumTypeSql: (table: Table, column: TableColumn) => Query
  dropEnumTypeSql: (table: Table, column: TableColumn) => Query
  buildSequencePath: (table: Table, column: TableColumn) => string
  getTableNameWithSchema: (table: Table | string) => Promise<string>
}

/** An instance of a migration class. */
export interface Migration {
  name?: string
  transaction?: boolean
  /** Ours: it may be called again when it could not get a lock. */
  retry?: boolean
  up: (runner: QueryRunner) => Promise<unknown>
  down?: (runner: QueryRunner) => Promise<unknown>
}

/** What TypeORM's PostgreSQL driver uses of the `pg` module. */
export interface PgModule {
  Pool: new () => unknown
  defaults: Record<string, unknown>
}

export type PoolCallback = (error: undefined, client: pg.Client, release: () => void) => void

/** Tells a DataSource as TypeORM's own CLI does, whichever copy of TypeORM made it. */
export function isDataSource(value: unknown): value is DataSource {
  return hasMark(value, 'DataSource')
}

/** Tells an EntitySchema, whichever copy of TypeORM made it. */
export function isEntitySchema(value: unknown): boolean {
  return hasMark(value, 'EntitySchema')
}

function hasMark(value: unknown, mark: string): boolean {
  return typeof value === 'object' && value !== null && Reflect.get(value, '@instanceof') === Symbol.for(mark)
}

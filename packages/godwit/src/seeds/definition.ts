import type { Faker } from '@faker-js/faker'
import type { SeedCounts, SeedRow } from '../databases/seeding.js'
import type { HashOptions } from './hash.js'

/** What every seed may say. */
interface SeedBasics {
  /** Default: the file's name without its ending and a leading number. */
  name?: string
  /** Environments it runs in; absent: all. Only one that names `production` here, or none, runs there. */
  env?: readonly string[]
  /** Names of seeds that run before it. */
  after?: readonly string[]
}

/** What `rows` may be made with. */
export interface RowTools {
  /** `NODE_ENV`, or what `--env` says; `production` on a database that is marked so. */
  env: string
}

/** Makes one row. `index` counts from 0. */
export type RowMaker<Row extends object = Record<string, unknown>> = (tools: { fake: Faker; index: number }) => Row

const MADE = Symbol.for('godwit.seed.made')

/** Rows that {@link made} stands for. */
export interface MadeRows<Row extends object = Record<string, unknown>> {
  [MADE]: true
  count: number
  make: RowMaker<Row>
  seed: number | undefined
}

/**
 * Rows made with faker (`@faker-js/faker`): the same ones on every machine and every day, unique where the table's columns are.
 *
 * @param seed another number gives other rows; default: the seed's name decides
 * @example
 * rows: made(1000, ({ fake }) => ({ email: fake.internet.email(), name: fake.person.fullName() }))
 */
export function made<Row extends object>(
  count: number,
  make: RowMaker<Row>,
  { seed }: { seed?: number } = {},
): MadeRows<Row> {
  return { [MADE]: true, count, make, seed }
}

/** Whether a value came from {@link made}. */
export function isMade(value: unknown): value is MadeRows {
  return typeof value === 'object' && value !== null && MADE in value
}

/** Where rows come from: as they are, made by a function, or a file (`.csv`, `.json`, `.jsonl`, `.ndjson`) beside the seed. */
export type SeedRows<Row extends object = Record<string, unknown>> =
  | Iterable<Row>
  | AsyncIterable<Row>
  | string
  | MadeRows<Row>
  | ((tools: RowTools) => Iterable<Row> | AsyncIterable<Row> | Promise<Iterable<Row> | AsyncIterable<Row>>)

/** Rows of one table, collection or entity. */
export interface RowsSeed<Row extends object = Record<string, unknown>> extends SeedBasics {
  /** PostgreSQL: a table, with its schema where that is not the usual one. */
  table?: string
  /** MongoDB: a collection. */
  collection?: string
  /** A TypeORM entity, a mongoose model or the name of a Prisma model: the rows go through the ORM, with its hooks. */
  entity?: unknown
  /** What tells a row from every other; a unique index must say the same. */
  key: readonly string[]
  rows: SeedRows<Row>
  /** A row that is there with other values stays as it is (default), or gets these. */
  onExisting?: 'keep' | 'update'
}

/** What a function seed works with. */
export interface SeedTools {
  /** PostgreSQL: a `pg` client with the seed's transaction open. MongoDB: the driver's `Db`. */
  // biome-ignore lint/suspicious/noExplicitAny: which of them it is says the project
  db: any
  /**
   * Puts rows there by their key, as a declared seed does, and says what became of them; a single row may stand alone.
   *
   * @param place a table, a collection, or an entity or model, whose rows go through the ORM
   */
  upsert: (
    place: unknown,
    key: readonly string[],
    rows: SeedRow | readonly SeedRow[],
    options?: { onExisting?: 'keep' | 'update' },
  ) => Promise<SeedCounts>
  /**
   * TypeORM: the project's DataSource, initialized, on the seed's transaction. Each of these three is opened only for a function
   * that names it in its parameters: `async ({ dataSource }) => …`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: of the project's own version
  readonly dataSource: any
  /** Prisma: the project's PrismaClient, in a transaction. */
  // biome-ignore lint/suspicious/noExplicitAny: of the project's own version
  readonly prisma: any
  /** The project's mongoose, connected; its models take part in the seed's transaction with `session`. */
  // biome-ignore lint/suspicious/noExplicitAny: of the project's own version
  readonly mongoose: any
  /** MongoDB, where it has transactions: the session with the seed's; mongoose's own for a function that asks for `mongoose`. */
  // biome-ignore lint/suspicious/noExplicitAny: of the project's own version
  readonly session: any
  /** Stands for the hash of a password, as the `hash` that the package exports. */
  hash: (plain: string, options?: HashOptions) => unknown
  /** Tells people something: a line of the output. */
  log: (line: string) => void
  env: string
}

/** A seed that does what it does. */
export interface FunctionSeed extends SeedBasics {
  run: (tools: SeedTools) => unknown
}

const SEED = Symbol.for('godwit.seed')
const REFERENCE = Symbol.for('godwit.seed.reference')

/**
 * Says what a seed is; the object comes back, marked as one.
 *
 * @example
 * export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'a@example.com', role_id: ref('roles', { name: 'admin' }) }] })
 */
export function defineSeed<Row extends object>(seed: RowsSeed<Row>): RowsSeed<Row>
export function defineSeed(seed: FunctionSeed): FunctionSeed
export function defineSeed(seed: object): object {
  return Object.defineProperty({ ...seed }, SEED, { value: true })
}

/** Whether a value came from {@link defineSeed}, of whichever copy of the package. */
export function isSeed(value: unknown): value is RowsSeed | FunctionSeed {
  return typeof value === 'object' && value !== null && SEED in value
}

/** A value of another row, found when the seed runs. */
export interface Reference {
  /** A seed, or a table or collection. */
  to: string
  where: SeedRow
  column: string
}

/**
 * Stands for a value of another seed's row, which runs before this one.
 *
 * @param to the seed's name, or a table or collection
 * @param where the one row that has these values
 * @param column default `id`; of a document `_id`
 */
export function ref(to: string, where: SeedRow, column?: string): unknown {
  return { [REFERENCE]: true, to, where, column }
}

/** Whether a value came from {@link ref}. */
export function isReference(value: unknown): value is Omit<Reference, 'column'> & { column: string | undefined } {
  return typeof value === 'object' && value !== null && REFERENCE in value
}

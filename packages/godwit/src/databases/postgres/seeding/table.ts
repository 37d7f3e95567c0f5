import type pg from 'pg'
import { qualified } from '../../../sql/quote.js'
import { TABLES } from './table-sql.js'

/** What seeding needs to know of a column. */
export interface SeedColumn {
  name: string
  /** As SQL says it, such as `character varying(20)`. */
  type: string
  /** Bare name of its type, such as `varchar`; of a domain its base, of an array its element. */
  base: string
  array: boolean
  /** It has an equality that tells different values apart; else its text is compared. */
  comparable: boolean
  identity: 'always' | 'default' | null
  /** The server computes it: it cannot be given. */
  generated: boolean
  /** The sequence that its default takes the next value from. */
  sequence: { sql: string; descending: boolean; allowed: boolean } | null
}

/** A table as seeds see it. */
export interface SeedTable {
  oid: number
  /** With its schema where it is not on the search path. */
  name: string
  schema: string
  /** Without its schema. */
  bare: string
  /** Qualified and quoted. */
  sql: string
  /** The same for its own rows, without those of tables that inherit from it. */
  own: string
  columns: SeedColumn[]
  /** The columns that each unique index speaks of; any that holds all of them tells a row from every other. */
  unique: string[][]
  references: string[]
  /**
   * COPY does with a row all that INSERT does: no trigger changes it beforehand, no rule, no policy of rows, no row points to
   * one that comes later.
   */
  plain: boolean
  /** It has constraints that may be checked at the end of the transaction. */
  deferrable: boolean
}

/** Asks for tables by name; those that are not there are left out. */
export async function seedTables(client: pg.Client, names: readonly string[]): Promise<Map<string, SeedTable>> {
  const { rows } = await client.query(TABLES, [[...new Set(names)]])
  return new Map(
    rows.map(({ asked, visible, ...row }) => {
      const { schema, bare, partitioned, columns, unique, references, plain, deferrable } = row
      const name = visible ? bare : `${schema}.${bare}`
      const sql = qualified(schema, bare)
      const own = partitioned ? sql : `ONLY ${sql}`
      const table = { oid: Number(row.oid), name, schema, bare, sql, own, unique, references, plain, deferrable }
      return [asked, { ...table, columns: columns ?? [] }]
    }),
  )
}

/** Whether a key is kept unique: some unique index speaks of nothing else. */
export function isUnique({ unique }: Pick<SeedTable, 'unique'>, key: readonly string[]): boolean {
  return unique.some((columns) => columns.length > 0 && columns.every((column) => key.includes(column)))
}

const KINDS: Record<string, string> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  c: 'a type',
}

/** What something is that has the name of a table that is not there. */
export async function kindOf(client: pg.Client, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ kind: string }>(
    `SELECT c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname = $1 AND pg_table_is_visible(c.oid) OR n.nspname || '.' || c.relname = $1`,
    [name],
  )
  return KINDS[rows[0]?.kind ?? '']
}

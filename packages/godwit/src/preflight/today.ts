import type { Node } from 'libpg-query'
import { deparseSync } from 'pgsql-deparser'
import type { Relation } from '../impact/schema.js'
import { inColumnsOfNow } from '../impact/values.js'
import { ident, qualified } from '../sql/quote.js'

/** A table under the names it has in the database now. */
export interface Today {
  table: { schema: string; name: string }
  /** Qualified and quoted. */
  from: string
  /** The same, without the rows of heirs: keys are each table's own. */
  only: string
  /** Columns that tell one row from another, quoted; without a key of its own the place of the row. */
  key: readonly string[]
}

/**
 * Where the rows of a table are now; `undefined`: it has none, since it is not there yet or was emptied.
 *
 * @param alone without what inherits from it
 */
export function today(relation: Relation, alone = false): Today | undefined {
  if (relation.now === undefined || (relation.empty && !relation.touched)) return undefined
  const primary = [...relation.constraints.values()].find(({ kind }) => kind === 'primary')
  const columns = primary?.columns.map((name) => relation.columns.get(name)?.now) ?? []
  const known = columns.length > 0 && columns.every((name) => name !== undefined)
  const from = qualified(relation.now.schema, relation.now.name)
  return {
    table: relation.now,
    from: alone && relation.kind !== 'partitioned' ? `ONLY ${from}` : from,
    only: relation.kind === 'partitioned' ? from : `ONLY ${from}`,
    key: known ? (columns as string[]).map(ident) : ['ctid'],
  }
}

/** What is in a column, as SQL about the table of now; `undefined`: that is not known before the run. */
export function columnNow(relation: Relation, name: string, alias?: string): string | undefined {
  const column = relation.columns.get(name)
  if (column?.now !== undefined) return alias === undefined ? ident(column.now) : `${alias}.${ident(column.now)}`
  return expressionNow({ ColumnRef: { fields: [{ String: { sval: name } }] } }, relation, alias)
}

/** `"id"::text`, or a row of several as text. */
export function keyText(key: readonly string[]): string {
  return key.length === 1 ? `${key[0]}::text` : `(${key.join(', ')})::text`
}

/** As {@link columnNow}, of an expression. */
export function expressionNow(expression: Node, relation: Relation, alias?: string): string | undefined {
  return written(inColumnsOfNow(expression, relation, alias))
}

/** An expression as SQL; `undefined` where it holds what cannot be written. */
export function written(expression: Node | undefined): string | undefined {
  if (expression === undefined) return undefined
  try {
    return `(${deparseSync(expression as Parameters<typeof deparseSync>[0])})`
  } catch {
    return undefined
  }
}

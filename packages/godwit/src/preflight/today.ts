import type { Node } from 'libpg-query'
import { deparseSync } from 'pgsql-deparser'
import type { Column, Relation } from '../impact/schema.js'
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

/** Where the rows of a table are now; `undefined`: it is not there yet, so it has none. */
export function today(relation: Relation): Today | undefined {
  if (relation.now === undefined) return undefined
  const primary = [...relation.constraints.values()].find(({ kind }) => kind === 'primary')
  const columns = primary?.columns.map((name) => relation.columns.get(name)?.now) ?? []
  const known = columns.length > 0 && columns.every((name) => name !== undefined)
  const from = qualified(relation.now.schema, relation.now.name)
  return {
    table: relation.now,
    from,
    only: relation.kind === 'partitioned' ? from : `ONLY ${from}`,
    key: known ? (columns as string[]).map(ident) : ['ctid'],
  }
}

/** A column's name now, quoted; `undefined`: what will be in it is not known before the run. */
export function columnNow(relation: Relation, name: string): string | undefined {
  const column = relation.columns.get(name)
  return column?.now === undefined ? undefined : ident(column.now)
}

/** `"id"::text`, or a row of several as text. */
export function keyText(key: readonly string[]): string {
  return key.length === 1 ? `${key[0]}::text` : `(${key.join(', ')})::text`
}

/**
 * An expression about a table as SQL, with the names that its columns have now; `undefined`: it is about one that is not there
 * yet, or holds what cannot be written.
 */
export function expressionNow(expression: Node, relation: Relation): string | undefined {
  let unknown = false
  const renamed = mapColumns(structuredClone(expression), (name) => {
    const column: Column | undefined = relation.columns.get(name)
    if (column === undefined) return name
    if (column.now === undefined) unknown = true
    return column.now ?? name
  })
  if (unknown) return undefined
  try {
    return deparseSync(renamed as Parameters<typeof deparseSync>[0])
  } catch {
    return undefined
  }
}

function mapColumns(node: Node, rename: (name: string) => string): Node {
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if ('ColumnRef' in value) {
      const { fields = [] } = (value as Extract<Node, { ColumnRef: unknown }>).ColumnRef
      const last = fields.at(-1)
      // `users.name` is about this table as well.
      if (last !== undefined && 'String' in last)
        fields.splice(0, fields.length, { String: { sval: rename(last.String.sval ?? '') } })
      return
    }
    for (const each of Object.values(value)) visit(each)
  }
  visit(node)
  return node
}

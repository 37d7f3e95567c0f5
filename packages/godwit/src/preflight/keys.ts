import type { Constraint as ConstraintNode, IndexStmt, Node } from 'libpg-query'
import type { Relation } from '../impact/schema.js'
import { nameParts } from '../sql/nodes.js'
import { ident } from '../sql/quote.js'
import type { Check, RowCheck } from './check.js'
import { count } from './count.js'
import { rowCheck } from './row-check.js'
import { columnNow, expressionNow, keyText, today } from './today.js'

/** Whether rows that are there break a unique index. */
export function uniqueIndexChecks(
  table: Relation,
  { unique, indexParams = [], whereClause, nulls_not_distinct }: IndexStmt,
  alone = false,
): Check[] {
  // Made on a partitioned table alone it holds no rows.
  if (!unique || (alone && table.kind === 'partitioned')) return []
  const parts = indexParams.map((node) => {
    if (!('IndexElem' in node)) return undefined
    const { name, expr, collation } = node.IndexElem
    const part =
      name !== undefined ? columnNow(table, name) : expr === undefined ? undefined : expressionNow(expr, table)
    const order = nameParts(collation).map(ident)
    return part === undefined || order.length === 0 ? part : `(${part}) COLLATE ${order.join('.')}`
  })
  const names = indexParams.map((node) => ('IndexElem' in node ? node.IndexElem.name : undefined))
  return duplicates(table, names, parts, whereClause, nulls_not_distinct === true)
}

/** Whether rows that are there break a PRIMARY KEY or UNIQUE constraint. */
export function keyChecks(table: Relation, node: ConstraintNode): Check[] {
  if (node.indexname !== undefined) return []
  const columns = nameParts(node.keys)
  const parts = columns.map((name) => columnNow(table, name))
  const found = duplicates(table, columns, parts, undefined, node.nulls_not_distinct === true)
  const nulls = node.contype === 'CONSTR_PRIMARY' ? columns.flatMap((name) => notNullChecks(table, name)) : []
  return [...nulls, ...found]
}

function duplicates(
  table: Relation,
  names: readonly (string | undefined)[],
  parts: readonly (string | undefined)[],
  where: Node | undefined,
  nullsAreEqual: boolean,
): Check[] {
  const at = today(table)
  if (at === undefined) return []
  const condition = where === undefined ? 'true' : expressionNow(where, table)
  // A new column without a default has no value in any row, and rows without one are never equal.
  if (!nullsAreEqual && names.some((name) => isEmpty(table, name))) return []
  if (parts.some((part) => part === undefined) || condition === undefined) return [notCheckable(table)]
  const keys = parts as string[]
  const filled = nullsAreEqual ? [] : keys.map((key) => `${key} IS NOT NULL`)
  const filter = [...(where === undefined ? [] : [`(${condition})`]), ...filled].join(' AND ') || 'true'
  const grouped = `FROM ${at.only} WHERE ${filter} GROUP BY ${keys.join(', ')} HAVING count(*) > 1`
  const value = keys.length === 1 ? `(${keys[0]})::text` : `(${keys.join(', ')})::text`
  // Of ten thousand rows with one value ten are enough to tell which.
  const ids = `array_to_string((array_agg(${keyText(at.key)} ORDER BY ${at.key.join(', ')}))[1:10], ', ')`
  const shown = keys.map((key, i) => (names[i] === undefined ? key : ident(names[i]))).join(', ')
  const check: RowCheck = {
    kind: 'rows',
    code: 'duplicate-keys',
    table: at.table,
    bytes: table.bytes,
    query: `SELECT ${ids} AS key, ${value} AS value, count(*) AS rows ${grouped}`,
    find: `SELECT ${keys.join(', ')}, array_agg(${at.key.length === 1 ? at.key[0] : `(${at.key.join(', ')})`}) ${grouped};`,
    says: (breaches, rows) =>
      `${count(breaches, `value of ${shown} is`, `values of ${shown} are`)} used by ${rows} rows of ${at.table.name}`,
  }
  return [check]
}

function isEmpty(table: Relation, name: string | undefined): boolean {
  const column = name === undefined ? undefined : table.columns.get(name)
  return column?.empty === true
}

/** Whether rows that are there have no value in a column. */
export function notNullChecks(table: Relation, name: string, alone = false): Check[] {
  return table.columns.get(name)?.notNull ? [] : nullChecks(table, name, alone)
}

/** As {@link notNullChecks}, also where the column says already that it has a value in every new row. */
export function nullChecks(table: Relation, name: string, alone = false): Check[] {
  const at = today(table, alone)
  const column = table.columns.get(name)
  if (at === undefined || column === undefined) return []
  const now = columnNow(table, name)
  if (column.empty) return anyRow(table, 'nulls', `${at.table.name} has rows, and ${name} has no value in them`)
  if (now === undefined) return [notCheckable(table)]
  return [
    rowCheck({
      table,
      at,
      code: 'nulls',
      rows: `FROM ${at.from} WHERE ${now} IS NULL`,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} has`, `rows of ${at.table.name} have`)} no ${name}`,
    }),
  ]
}

/** What fails as soon as a table has a row. */
export function anyRow(table: Relation, code: 'nulls' | 'required-column', says: string): Check[] {
  const at = today(table)
  if (at === undefined) return []
  return [
    {
      kind: 'rows',
      code,
      table: at.table,
      // One row is enough.
      bytes: 0,
      query: `(SELECT ${keyText(at.key)} AS key, NULL::text AS value, 1 AS rows FROM ${at.from} LIMIT 1)`,
      find: `SELECT count(*) FROM ${at.from};`,
      says: () => says,
    },
  ]
}

/** Said where the rows will be others by then (rule 36). */
export function notCheckable(table: Relation): Check {
  return {
    kind: 'known',
    code: 'not-checkable',
    severity: 'note',
    says: `not checked: what will be in ${table.name} is known only when the run has come there`,
  }
}

import type { Constraint as ConstraintNode, Node } from 'libpg-query'
import type { Relation, Schema } from '../impact/schema.js'
import { nameParts } from '../sql/nodes.js'
import type { Check } from './check.js'
import { count } from './count.js'
import { notCheckable } from './keys.js'
import { rowCheck } from './row-check.js'
import { columnNow, expressionNow, today, written } from './today.js'

/** Whether rows that are there break a condition. */
export function checkChecks(
  table: Relation,
  expression: Node | undefined,
  name: string | undefined,
  alone = false,
): Check[] {
  const condition = expression === undefined ? undefined : expressionNow(expression, table)
  const says = name ?? (expression === undefined ? 'a CHECK' : `CHECK ${written(expression)}`)
  return conditionChecks(table, condition, says, alone)
}

/** As {@link checkChecks}, of a condition that is SQL already; `undefined`: it cannot be asked. */
export function conditionChecks(table: Relation, condition: string | undefined, name: string, alone = false): Check[] {
  const at = today(table, alone)
  if (at === undefined) return []
  if (condition === undefined) return [notCheckable(table)]
  return [
    rowCheck({
      table,
      at,
      code: 'check-violated',
      rows: `FROM ${at.from} WHERE NOT ${condition}`,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} breaks`, `rows of ${at.table.name} break`)} ${name}`,
    }),
  ]
}

/** Whether rows that are there refer to nothing. */
export function referenceChecks(table: Relation, node: ConstraintNode, schema: Schema): Check[] {
  const target = schema.find(node.pktable)
  const keys = nameParts(node.pk_attrs)
  const primary = [...(target?.constraints.values() ?? [])].find(({ kind }) => kind === 'primary')
  const columns = nameParts(node.fk_attrs)
  // A period is covered by several rows together.
  if (node.fk_with_period) return today(table) === undefined ? [] : [notCheckable(table)]
  const to = { table: target, columns: keys.length > 0 ? keys : (primary?.columns ?? []) }
  return foreignChecks(table, columns, to, node.fk_matchtype === 'f')
}

/**
 * As {@link referenceChecks}, of a foreign key by its columns.
 *
 * @param full `MATCH FULL`: either all of them have a value or none has
 */
export function foreignChecks(
  table: Relation,
  columns: readonly string[],
  { table: target, columns: keys }: { table: Relation | undefined; columns: readonly string[] },
  full: boolean,
): Check[] {
  const at = today(table)
  if (at === undefined || target === undefined) return []
  if (table.touched || target.touched) return [notCheckable(table.touched ? table : target)]
  // What a new column refers to is nothing yet.
  if (columns.every((name) => table.columns.get(name)?.empty)) return []
  const own = columns.map((name) => columnNow(table, name, 'o'))
  const to = today(target)
  const theirs = to === undefined ? [] : keys.map((name) => columnNow(target, name, 't'))
  if ([...own, ...theirs].includes(undefined)) return [notCheckable(table)]
  const filled = own.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const some = own.map((name) => `${name} IS NOT NULL`).join(' OR ')
  const same = own.map((name, i) => `${theirs[i]} = ${name}`).join(' AND ')
  const there = to === undefined ? 'false' : `EXISTS (SELECT FROM ${to.only} t WHERE ${same})`
  const breaks = full ? `(${some}) AND NOT (${filled} AND ${there})` : `${filled} AND NOT ${there}`
  const value = own.length === 1 ? `${own[0]}::text` : `(${own.join(', ')})::text`
  return [
    rowCheck({
      table,
      at,
      code: 'missing-reference',
      rows: `FROM ${at.only} o WHERE ${breaks}`,
      value,
      alias: 'o',
      besides: target.bytes,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} refers`, `rows of ${at.table.name} refer`)} by ${columns.join(', ')} to a row of ${target.name} that is not there`,
    }),
  ]
}

import type { Constraint as ConstraintNode, Node } from 'libpg-query'
import type { Relation, Schema } from '../impact/schema.js'
import { nameParts } from '../sql/nodes.js'
import type { Check } from './check.js'
import { count } from './count.js'
import { notCheckable } from './keys.js'
import { rowCheck } from './row-check.js'
import { columnNow, expressionNow, today } from './today.js'

/** Whether rows that are there break a condition. */
export function checkChecks(table: Relation, expression: Node | undefined, name: string | undefined): Check[] {
  const condition = expression === undefined ? undefined : expressionNow(expression, table)
  return conditionChecks(table, condition, name)
}

/** As {@link checkChecks}, of a condition that is SQL already; `undefined`: it cannot be asked. */
export function conditionChecks(table: Relation, condition: string | undefined, name: string | undefined): Check[] {
  const at = today(table)
  if (at === undefined) return []
  if (condition === undefined) return [notCheckable(table)]
  return [
    rowCheck({
      table,
      at,
      code: 'check-violated',
      rows: `FROM ${at.from} WHERE NOT (${condition})`,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} breaks`, `rows of ${at.table.name} break`)} ${name ?? `CHECK (${condition})`}`,
    }),
  ]
}

/** Whether rows that are there refer to nothing. */
export function referenceChecks(table: Relation, node: ConstraintNode, schema: Schema): Check[] {
  const target = schema.find(node.pktable)
  const keys = nameParts(node.pk_attrs)
  const primary = [...(target?.constraints.values() ?? [])].find(({ kind }) => kind === 'primary')
  return foreignChecks(table, nameParts(node.fk_attrs), target, keys.length > 0 ? keys : (primary?.columns ?? []))
}

/** As {@link referenceChecks}, of a foreign key by its columns. */
export function foreignChecks(
  table: Relation,
  columns: readonly string[],
  target: Relation | undefined,
  keys: readonly string[],
): Check[] {
  const at = today(table)
  if (at === undefined || target === undefined) return []
  if (table.touched || target.touched) return [notCheckable(table.touched ? table : target)]
  const own = columns.map((name) => columnNow(table, name))
  const to = today(target)
  const theirs = keys.map((name) => columnNow(target, name))
  // What a new column refers to is nothing yet.
  if (columns.every((name) => table.columns.get(name)?.now === undefined && !table.columns.get(name)?.hasDefault))
    return []
  if ([...own, ...(to === undefined ? [] : theirs)].includes(undefined)) return [notCheckable(table)]
  const filled = own.map((name) => `o.${name} IS NOT NULL`).join(' AND ')
  const same = own.map((name, i) => `t.${theirs[i]} = o.${name}`).join(' AND ')
  const there = to === undefined ? '' : ` AND NOT EXISTS (SELECT FROM ${to.only} t WHERE ${same})`
  const value = own.length === 1 ? `o.${own[0]}::text` : `(${own.map((name) => `o.${name}`).join(', ')})::text`
  return [
    rowCheck({
      table,
      at,
      code: 'missing-reference',
      rows: `FROM ${at.only} o WHERE ${filled}${there}`,
      value,
      alias: 'o',
      besides: target.bytes,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} refers`, `rows of ${at.table.name} refer`)} by ${columns.join(', ')} to a row of ${target.name} that is not there`,
    }),
  ]
}

import type { Constraint, Node } from 'libpg-query'
import type { Relation } from '../impact/schema.js'
import { nameParts } from '../sql/nodes.js'
import { ident } from '../sql/quote.js'
import type { Check } from './check.js'
import { count } from './count.js'
import { notCheckable, notNullChecks } from './keys.js'
import { columnNow, expressionNow, keyText, today } from './today.js'

/** What two rows must not have both: an expression and the operator that compares it. */
interface Compared {
  of: (alias: string) => string | undefined
  operator: string
}

/** Whether two rows that are there break an EXCLUDE constraint. */
export function exclusionChecks(table: Relation, { exclusions = [], where_clause }: Constraint): Check[] {
  const compared = exclusions.flatMap((pair): Compared[] => {
    const [element, operator] = 'List' in pair ? (pair.List.items ?? []) : []
    if (element === undefined || !('IndexElem' in element)) return []
    const { name, expr } = element.IndexElem
    const of = (alias: string) =>
      name !== undefined ? columnNow(table, name, alias) : expr && expressionNow(expr, table, alias)
    const names = operator !== undefined && 'List' in operator ? nameParts(operator.List.items) : []
    const [sign = '=', ...schema] = names.toReversed()
    return [{ of, operator: `OPERATOR(${[...schema.toReversed().map(ident), sign].join('.')})` }]
  })
  return pairs(table, compared, where_clause)
}

/** Whether rows that are there break a key `WITHOUT OVERLAPS`, whose last column is a range. */
export function overlapChecks(table: Relation, { keys, contype }: Constraint): Check[] {
  const columns = nameParts(keys)
  const compared = columns.map((name, i): Compared => {
    return { of: (alias) => columnNow(table, name, alias), operator: i === columns.length - 1 ? '&&' : '=' }
  })
  const nulls = contype === 'CONSTR_PRIMARY' ? columns.flatMap((name) => notNullChecks(table, name)) : []
  return [...nulls, ...pairs(table, compared, undefined)]
}

// The server compares every two rows; without an index that helps it the time budget ends it.
function pairs(table: Relation, compared: readonly Compared[], where: Node | undefined): Check[] {
  const at = today(table)
  if (at === undefined) return []
  const conditions = compared.map(({ of, operator }) => {
    const [a, b] = [of('a'), of('b')]
    return a === undefined || b === undefined ? undefined : `${a} ${operator} ${b}`
  })
  for (const alias of where === undefined ? [] : ['a', 'b'])
    conditions.push(where && expressionNow(where, table, alias))
  // Partitions are compared each with itself.
  if (conditions.includes(undefined) || table.kind === 'partitioned') return [notCheckable(table)]
  const key = (alias: string): string => keyText(at.key.map((name) => `${alias}.${name}`))
  const rows = `FROM ${at.only} a JOIN ${at.only} b ON a.ctid < b.ctid AND ${conditions.join(' AND ')}`
  const value = compared.length === 1 ? `${compared[0]?.of('a')}::text` : 'NULL::text'
  return [
    {
      kind: 'rows',
      code: 'conflicting-rows',
      table: at.table,
      bytes: table.bytes,
      query: `SELECT ${key('a')} || ', ' || ${key('b')} AS key, ${value} AS value, 2 AS rows ${rows}`,
      find: `SELECT a.*, b.* ${rows};`,
      says: (breaches) => `${count(breaches, 'pair', 'pairs')} of rows of ${at.table.name} exclude each other`,
    },
  ]
}

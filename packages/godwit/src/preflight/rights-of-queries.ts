import type { InsertStmt, Node, RangeVar, UpdateStmt } from 'libpg-query'
import type { Relation, Schema } from '../impact/schema.js'
import { as, type Tree } from '../sql/parser.js'
import { literal, qualified } from '../sql/quote.js'
import type { Check, ServerCheck } from './check.js'

const asked = new Set<string>([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CreateTableAsStmt',
])

/** What a query, an INSERT, an UPDATE or the like may not do with the tables it names. A view is asked for itself. */
export function rightsOfQueries(tree: Tree, schema: Schema): Check[] {
  const truncated = as(tree, 'TruncateStmt')?.relations ?? []
  if (truncated.length > 0)
    return truncated.flatMap((node) => ('RangeVar' in node ? onTable(schema.find(node.RangeVar), 'TRUNCATE') : []))
  if (!asked.has(tree.kind)) return []
  const found: Check[] = []
  const names = namesOfWith(tree.fields)
  visit(tree.kind, tree.fields, (kind, fields) => {
    if (kind === 'InsertStmt') found.push(...ofInsert(fields as InsertStmt, schema))
    else if (kind === 'UpdateStmt') found.push(...ofUpdate(fields as UpdateStmt, schema))
    else if (kind === 'DeleteStmt') found.push(...onTable(schema.find((fields as UpdateStmt).relation), 'DELETE'))
    else if (kind === 'RangeVar') {
      const name = fields as RangeVar
      if (name.schemaname !== undefined || !names.has(name.relname ?? ''))
        found.push(...onSomeColumn(schema.find(name), 'SELECT'))
    }
  })
  return found
}

function ofInsert({ relation, cols = [] }: InsertStmt, schema: Schema): Check[] {
  const table = schema.find(relation)
  return cols.length === 0 ? onSomeColumn(table, 'INSERT') : onColumns(table, cols, 'INSERT')
}

function ofUpdate({ relation, targetList = [] }: UpdateStmt, schema: Schema): Check[] {
  return onColumns(schema.find(relation), targetList, 'UPDATE')
}

function onColumns(table: Relation | undefined, targets: readonly Node[], right: 'INSERT' | 'UPDATE'): Check[] {
  const columns = targets.flatMap((node) =>
    'ResTarget' in node ? (table?.columns.get(node.ResTarget.name ?? '')?.now ?? []) : [],
  )
  if (columns.length === 0) return []
  return ask(table, right, (oid) => columns.map((name) => `has_column_privilege(${oid}, ${literal(name)}, '${right}')`))
}

function onSomeColumn(table: Relation | undefined, right: 'INSERT' | 'SELECT'): Check[] {
  return ask(table, right, (oid) => [`has_any_column_privilege(${oid}, '${right}')`])
}

function onTable(table: Relation | undefined, right: 'DELETE' | 'TRUNCATE'): Check[] {
  return ask(table, right, (oid) => [`has_table_privilege(${oid}, '${right}')`])
}

function ask(table: Relation | undefined, right: string, having: (oid: string) => string[]): ServerCheck[] {
  const now = table?.now
  if (now === undefined || table?.kind === 'sequence') return []
  const query = `SELECT ${literal(`the role has no ${right} on ${now.name}`)} AS says FROM pg_class c
    WHERE c.oid = to_regclass(${literal(qualified(now.schema, now.name))}) AND NOT (${having('c.oid').join(' AND ')})`
  return [{ kind: 'server', code: 'missing-right', severity: 'error', query }]
}

function namesOfWith(tree: object): Set<string> {
  const names = new Set<string>()
  visit('', tree, (kind, fields) => {
    if (kind === 'CommonTableExpr') names.add((fields as { ctename?: string }).ctename ?? '')
  })
  return names
}

// What is written goes by the field `relation`, what is read by its kind.
function visit(kind: string, fields: object, meet: (kind: string, fields: object) => void): void {
  meet(kind, fields)
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null || key === 'lockingClause') continue
    if (Array.isArray(value)) for (const each of value as object[]) visit('', each, meet)
    else visit(key, value, meet)
  }
}

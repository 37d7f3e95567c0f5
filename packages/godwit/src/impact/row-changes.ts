import { as, type NodeKind, type Tree } from '../sql/parser.js'
import { functionsIn } from '../sql/survey.js'
import type { ForeignAction } from './facts.js'
import type { Relation, Schema } from './schema.js'

/** Everything of the schema may be otherwise from here on. */
export function touchAll(schema: Schema): void {
  schema.certain = false
  touchRows(schema)
}

/** Notes the tables whose rows a statement may change: behind it nobody can know what is in them. */
export function changeRows(schema: Schema, tree: Tree): void {
  if (!runs(tree)) return
  visit(schema, tree.kind, tree.fields)
  const called = functionsIn(tree.fields).filter((name) => !harmless.has(name))
  if (calls.has(tree.kind) && called.some((name) => schema.volatile.has(name))) touchAll(schema)
}

// What is written down in these is run another time.
const later = new Set<NodeKind>(['CreateFunctionStmt', 'CreateTrigStmt', 'PrepareStmt', 'RuleStmt', 'ViewStmt'])

// Functions in these are called at once.
const calls = new Set<NodeKind>([
  'AlterTableStmt',
  'CopyStmt',
  'CreateTableAsStmt',
  'DeleteStmt',
  'ExplainStmt',
  'InsertStmt',
  'MergeStmt',
  'SelectStmt',
  'UpdateStmt',
])

// Volatile, and they change no rows.
const harmless = new Set([
  'clock_timestamp',
  'currval',
  'gen_random_uuid',
  'nextval',
  'pg_advisory_xact_lock',
  'pg_notify',
  'random',
  'setval',
  'timeofday',
  'uuid_generate_v1',
  'uuid_generate_v4',
])

function runs(tree: Tree): boolean {
  const options = as(tree, 'ExplainStmt')?.options ?? []
  const analyzes = options.some((node) => 'DefElem' in node && node.DefElem.defname === 'analyze')
  return tree.kind === 'ExplainStmt' ? analyzes : !later.has(tree.kind)
}

// Statements that write stand in WITH, too.
function visit(schema: Schema, kind: string, fields: object): void {
  const actions = written[kind]
  if (actions !== undefined && (kind !== 'CopyStmt' || 'is_from' in fields))
    touch(schema, schema.find((fields as { relation?: object }).relation), actions)
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value)) for (const each of value as object[]) visit(schema, '', each)
    else visit(schema, key, value)
  }
}

/** Whose foreign keys carry it on to other tables. */
type Carried = ('onDelete' | 'onUpdate')[]

const written: Readonly<Record<string, Carried>> = {
  CopyStmt: [],
  DeleteStmt: ['onDelete'],
  InsertStmt: ['onUpdate'],
  MergeStmt: ['onDelete', 'onUpdate'],
  RefreshMatViewStmt: [],
  UpdateStmt: ['onUpdate'],
}

const carries = new Set<ForeignAction | undefined>(['c', 'n', 'd'])

function touch(schema: Schema, table: Relation | undefined, carried: Carried, seen = new Set<Relation>()): void {
  if (table === undefined || seen.has(table)) return
  seen.add(table)
  // A trigger may do anything.
  if (table.triggers) touchRows(schema)
  touchWithKin(schema, table)
  if (table.kind === 'view') for (const { from } of table.reads) touch(schema, from, carried, seen)
  for (const each of schema.withHeirs(table)) if (each.triggers) touchRows(schema)
  for (const { from, constraint } of carried.length === 0 ? [] : schema.referencesTo(table))
    if (carried.some((action) => carries.has(constraint.references?.[action])))
      touch(schema, from, ['onDelete', 'onUpdate'], seen)
}

function touchRows(schema: Schema): void {
  for (const relation of schema.relations) relation.touched = true
}

/** Other rows are in a table, in those that inherit from it and in those that it inherits from. */
export function touchWithKin(schema: Schema, table: Relation): void {
  for (const each of schema.withHeirs(table)) each.touched = true
  touchAncestors(table)
}

/** Other rows are in what a table inherits from or is a partition of. */
export function touchAncestors(table: Relation): void {
  for (const parent of table.parents) {
    parent.touched = true
    touchAncestors(parent)
  }
}

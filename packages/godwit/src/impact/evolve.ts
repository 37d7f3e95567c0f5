import type { IndexStmt, Node, RangeVar } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import type { NodeKind, NodeOf, Tree } from '../sql/parser.js'
import { functionsIn } from '../sql/survey.js'
import { evolveTable } from './evolve-table.js'
import type { TypeFacts } from './facts.js'
import { makeTable } from './make-table.js'
import { type Column, newRelation, type Relation, type Schema } from './schema.js'
import { truncatedBy } from './work.js'

type Makers = { [Kind in NodeKind]?: (schema: Schema, statement: NodeOf<Kind>) => void }

const makers: Makers = {
  CreateStmt: makeTable,
  AlterTableStmt: evolveTable,
  IndexStmt: makeIndex,
  DropStmt: (schema, { removeType, objects = [], behavior }) => {
    const cascades = behavior === 'DROP_CASCADE'
    for (const object of objects) {
      const parts = namesIn(object)
      if (relations.has(removeType)) drop(schema, schema.findParts(parts), cascades)
      else if (removeType === 'OBJECT_TYPE' || removeType === 'OBJECT_DOMAIN') dropType(schema, parts)
      else if (removeType === 'OBJECT_SCHEMA')
        for (const each of schema.relations) if (each.schema === parts.at(-1)) drop(schema, each, true)
    }
  },
  RenameStmt: (schema, { relation: name, renameType, subname = '', newname = '', object }) => {
    const relation = schema.find(name)
    if (renameType === 'OBJECT_TYPE' || renameType === 'OBJECT_DOMAIN') renameOfType(schema, object, newname)
    if (relation === undefined) return
    if (renameType === 'OBJECT_COLUMN')
      for (const each of schema.withHeirs(relation)) renameColumn(schema, each, subname, newname)
    else if (renameType === 'OBJECT_TABCONSTRAINT')
      for (const each of schema.withHeirs(relation)) renameConstraint(each, subname, newname)
    else if (relations.has(renameType)) relation.name = newname
  },
  AlterObjectSchemaStmt: (schema, { relation, newschema = '' }) => {
    const found = schema.find(relation)
    if (found === undefined) return
    for (const each of [found, ...schema.indexesOf(found)]) each.schema = newschema
  },
  ViewStmt: (schema, { view }) => made(schema, view, 'view'),
  CreateTableAsStmt: (schema, { into, objtype }) =>
    made(schema, into?.rel, objtype === 'OBJECT_MATVIEW' ? 'materialized' : 'table'),
  CreateEnumStmt: (schema, { typeName, vals = [] }) => {
    const [name = '', inSchema] = nameParts(typeName).toReversed()
    schema.types.push({
      id: -1 - schema.types.length,
      schema: inSchema ?? schema.schemaFor(undefined),
      name,
      kind: 'enum',
      constrained: false,
      base: null,
      labels: nameParts(vals),
    })
  },
  SelectStmt: (schema, statement) => {
    made(schema, statement.intoClause?.rel, 'table')
    const called = functionsIn(statement).filter((name) => !harmless.has(name))
    if (called.some((name) => schema.volatile.has(name))) touchAll(schema)
  },
  InsertStmt: (schema, { relation }) => touch(schema, schema.find(relation)),
  UpdateStmt: (schema, { relation }) => touch(schema, schema.find(relation)),
  DeleteStmt: (schema, { relation }) => touch(schema, schema.find(relation), true),
  MergeStmt: (schema, { relation }) => touch(schema, schema.find(relation)),
  CopyStmt: (schema, { relation, is_from }) => (is_from ? touch(schema, schema.find(relation)) : undefined),
  TruncateStmt: (schema, statement) => {
    for (const each of truncatedBy(statement, schema))
      Object.assign(each, { rows: 0, bytes: 0, indexBytes: 0, empty: true })
  },
  TransactionStmt: (schema, { kind }) => {
    if (kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_ROLLBACK_TO') touchAll(schema)
  },
  VariableSetStmt: (schema, { name, args }) => {
    if (name === 'role' || name === 'session_authorization') schema.certain = false
    if (name !== 'search_path') return
    const path = (args ?? []).map((node) => ('A_Const' in node ? node.A_Const.sval?.sval : undefined))
    if (path.length > 0 && path.every((each) => each !== undefined)) schema.searchPath = path as string[]
    else schema.certain = false
  },
  // What a block, a procedure or an extension does is not known before it ran.
  DoStmt: (schema) => touchAll(schema),
  CallStmt: (schema) => touchAll(schema),
  ExecuteStmt: (schema) => touchAll(schema),
}

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
])

// What has a name among relations.
const relations = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_SEQUENCE',
] as (string | undefined)[])

function makeIndex(schema: Schema, { relation, idxname, indexParams = [], unique, whereClause }: IndexStmt): void {
  const named = schema.find(relation)
  if (named === undefined) return
  const columns = indexParams.map((node) => ('IndexElem' in node ? (node.IndexElem.name ?? null) : null))
  for (const table of relation?.inh ? schema.withHeirs(named) : [named]) {
    const own = table === named ? idxname : undefined
    const index = newRelation(
      'index',
      table.schema,
      own ?? [table.name, ...columns.map((each) => each ?? 'expr'), 'idx'].join('_'),
    )
    index.index = { table, unique: unique === true, valid: true, columns, partial: whereClause !== undefined, says: '' }
    schema.relations.add(index)
    if (named.kind !== 'partitioned') return
  }
}

/** Changes a schema as a statement does when it has run. */
export function evolve(schema: Schema, tree: Tree): void {
  const make = makers[tree.kind] as ((schema: Schema, statement: object) => void) | undefined
  make?.(schema, tree.fields)
}

/** Everything of the schema may be otherwise from here on. */
export function touchAll(schema: Schema): void {
  schema.certain = false
  for (const relation of schema.relations) relation.touched = true
}

// A delete may take rows of other tables along; a trigger may do anything, which is not foreseen.
function touch(schema: Schema, table: Relation | undefined, deletes = false): void {
  if (table === undefined || (table.touched && !deletes)) return
  for (const each of schema.withHeirs(table)) each.touched = true
  if (!deletes) return
  for (const { from, constraint } of schema.referencesTo(table))
    if (constraint.references?.onDelete !== 'a' && constraint.references?.onDelete !== 'r' && !from.touched)
      touch(schema, from, true)
}

function made(schema: Schema, name: RangeVar | undefined, kind: Relation['kind']): void {
  if (name?.relname === undefined || schema.find(name) !== undefined) return
  const relation = newRelation(kind, schema.schemaFor(name), name.relname)
  relation.touched = kind !== 'view'
  schema.relations.add(relation)
}

function drop(schema: Schema, relation: Relation | undefined, cascades: boolean): void {
  if (relation === undefined || !schema.relations.delete(relation)) return
  for (const index of schema.indexesOf(relation)) schema.relations.delete(index)
  for (const child of schema.childrenOf(relation)) if (child.kind === 'index') drop(schema, child, true)
  for (const { from, constraint } of schema.referencesTo(relation)) from.constraints.delete(constraint.name)
  const heirs = relation.kind === 'partitioned' || cascades ? schema.childrenOf(relation) : []
  for (const each of [...heirs, ...(cascades ? schema.viewsOf(relation) : [])]) drop(schema, each, cascades)
}

function renameColumn(schema: Schema, table: Relation, from: string, to: string): void {
  const column = table.columns.get(from)
  if (column === undefined) return
  column.name = to
  renameKey(table.columns, from, to)
  const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name))
  for (const constraint of table.constraints.values()) constraint.columns = renamed(constraint.columns)
  for (const { constraint } of schema.referencesTo(table))
    if (constraint.references !== undefined) constraint.references.columns = renamed(constraint.references.columns)
  for (const { index } of schema.indexesOf(table))
    if (index !== undefined) index.columns = index.columns.map((name) => (name === from ? to : name))
}

function renameOfType(schema: Schema, object: Node | undefined, name: string): void {
  const type = schema.findType(object === undefined ? [] : namesIn(object))
  if (type === undefined) return
  for (const { column } of columnsOf(schema, type)) column.type = column.type.replace(type.name, name)
  schema.types.splice(schema.types.indexOf(type), 1, { ...type, name })
}

function dropType(schema: Schema, parts: readonly string[]): void {
  const type = schema.findType(parts)
  if (type === undefined) return
  for (const { table, column } of columnsOf(schema, type)) table.columns.delete(column.name)
  schema.types.splice(schema.types.indexOf(type), 1)
}

function columnsOf(schema: Schema, type: TypeFacts): { table: Relation; column: Column }[] {
  return [...schema.relations].flatMap((table) =>
    [...table.columns.values()].filter(({ typeId }) => typeId === type.id).map((column) => ({ table, column })),
  )
}

function renameConstraint(table: Relation, from: string, to: string): void {
  const constraint = table.constraints.get(from)
  if (constraint === undefined) return
  constraint.name = to
  renameKey(table.constraints, from, to)
}

function renameKey<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from)
  if (value === undefined) return
  map.delete(from)
  map.set(to, value)
}

function namesIn(object: Node): string[] {
  if ('List' in object) return nameParts(object.List.items)
  if ('TypeName' in object) return nameParts(object.TypeName.names)
  return nameParts([object])
}

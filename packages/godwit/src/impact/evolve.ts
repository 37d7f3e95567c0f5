import type { IndexStmt, RangeVar, VariableSetStmt } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import type { NodeKind, NodeOf, Tree } from '../sql/parser.js'
import { evolveTable } from './evolve-table.js'
import { makeTable, shadowed } from './make-table.js'
import { columnsOf, namesIn, relationKinds } from './named.js'
import { move, rename } from './renaming.js'
import { changeRows, touchAll, touchAncestors } from './row-changes.js'
import { newRelation, type Relation, type Schema } from './schema.js'
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
      if (relationKinds.has(removeType)) drop(schema, schema.findParts(parts), cascades)
      else if (removeType === 'OBJECT_TYPE' || removeType === 'OBJECT_DOMAIN') dropType(schema, parts)
      else if (removeType === 'OBJECT_SCHEMA')
        for (const each of schema.relations) if (each.schema === parts.at(-1)) drop(schema, each, true)
    }
  },
  RenameStmt: rename,
  AlterObjectSchemaStmt: move,
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
  SelectStmt: (schema, { intoClause }) => made(schema, intoClause?.rel, 'table'),
  CreateSchemaStmt: (schema, { schemaElts = [] }) => {
    if (schemaElts.length > 0) schema.certain = false
  },
  TruncateStmt: (schema, statement) => {
    for (const each of truncatedBy(statement, schema)) {
      touchAncestors(each)
      Object.assign(each, { rows: 0, bytes: 0, indexBytes: 0, empty: true, touched: false })
    }
  },
  TransactionStmt: (schema, { kind }) => {
    if (kind === 'TRANS_STMT_ROLLBACK' || kind === 'TRANS_STMT_ROLLBACK_TO') touchAll(schema)
    if (kind === 'TRANS_STMT_COMMIT') schema.endTransaction()
  },
  VariableSetStmt: setVariable,
  DiscardStmt: (schema, { target }) => {
    if (target === 'DISCARD_ALL') schema.resetSearchPath()
  },
  CreateFunctionStmt: (schema, { funcname, options = [] }) => {
    const name = nameParts(funcname).at(-1) ?? ''
    schema.functionsMade.add(name)
    if (!options.some((node) => 'DefElem' in node && isSteady(node.DefElem))) schema.volatile.add(name)
  },
  CreateTrigStmt: (schema, { relation }) => acts(schema, relation),
  RuleStmt: (schema, { relation }) => acts(schema, relation),
  AlterEnumStmt: (schema, { typeName }) => changeType(schema, nameParts(typeName)),
  AlterDomainStmt: (schema, { typeName }) => changeType(schema, nameParts(typeName)),
  GrantStmt: changeRights,
  GrantRoleStmt: changeRights,
  AlterOwnerStmt: changeRights,
  ReassignOwnedStmt: changeRights,
  CreateForeignTableStmt: (schema, { base }) => {
    if (base !== undefined) makeTable(schema, base, 'foreign')
  },
  ImportForeignSchemaStmt: (schema) => {
    schema.certain = false
  },
  CreateExtensionStmt: (schema, { extname = '' }) => {
    schema.certain = false
    for (const name of volatileOf[extname] ?? []) schema.volatile.add(name)
  },
  // What a block, a procedure or an extension does is not known before it ran.
  DoStmt: (schema) => touchAll(schema),
  CallStmt: (schema) => touchAll(schema),
  ExecuteStmt: (schema) => touchAll(schema),
}

// As people use them for defaults.
const volatileOf: Readonly<Record<string, readonly string[]>> = {
  pgcrypto: ['gen_random_bytes', 'gen_salt'],
  'uuid-ossp': ['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4'],
}

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
    schema.add(index)
    if (named.kind !== 'partitioned') return
  }
}

/** Changes a schema as a statement does when it has run. */
export function evolve(schema: Schema, tree: Tree): void {
  changeRows(schema, tree)
  const make = makers[tree.kind] as ((schema: Schema, statement: object) => void) | undefined
  make?.(schema, tree.fields)
}

function made(schema: Schema, name: RangeVar | undefined, kind: Relation['kind']): void {
  if (name?.relname === undefined) return
  if (name.relpersistence === 't' || name.schemaname === 'pg_temp') {
    shadowed(schema, name.relname)
    return
  }
  if (schema.find({ schemaname: schema.schemaFor(name), relname: name.relname }) !== undefined) return
  const relation = newRelation(kind, schema.schemaFor(name), name.relname)
  relation.touched = kind !== 'view'
  relation.vague = true
  schema.add(relation)
}

function drop(schema: Schema, relation: Relation | undefined, cascades: boolean): void {
  if (relation === undefined || !schema.relations.delete(relation)) return
  touchAncestors(relation)
  for (const each of [...schema.indexesOf(relation), ...schema.sequencesOf(relation)]) schema.relations.delete(each)
  for (const child of schema.childrenOf(relation)) if (child.kind === 'index') drop(schema, child, true)
  for (const { from, constraint } of schema.referencesTo(relation)) from.constraints.delete(constraint.name)
  const heirs = relation.kind === 'partitioned' || cascades ? schema.childrenOf(relation) : []
  for (const each of [...heirs, ...(cascades ? schema.viewsOf(relation) : [])]) drop(schema, each, cascades)
}

function dropType(schema: Schema, parts: readonly string[]): void {
  const type = schema.findType(parts)
  if (type === undefined) return
  for (const { table, column } of columnsOf(schema, type)) table.columns.delete(column.name)
  schema.types.splice(schema.types.indexOf(type), 1)
}

// What values it takes is known to the run only.
function changeType(schema: Schema, parts: readonly string[]): void {
  const type = schema.findType(parts)
  if (type !== undefined) schema.types.splice(schema.types.indexOf(type), 1, { ...type, changed: true })
}

function changeRights(schema: Schema): void {
  schema.rightsChanged = true
}

function acts(schema: Schema, name: RangeVar | undefined): void {
  const table = schema.find(name)
  if (table !== undefined) table.triggers = true
}

function isSteady({ defname, arg }: NodeOf<'DefElem'>): boolean {
  const how = defname === 'volatility' && arg !== undefined && 'String' in arg ? arg.String.sval : undefined
  return how === 'immutable' || how === 'stable'
}

function setVariable(schema: Schema, { name, args = [], kind, is_local }: VariableSetStmt): void {
  if (name === 'role' || name === 'session_authorization') schema.certain = false
  if (kind === 'VAR_RESET_ALL' || (name === 'search_path' && kind !== 'VAR_SET_VALUE')) schema.resetSearchPath()
  else if (name === 'search_path') {
    const path = args.map((node) => ('A_Const' in node ? node.A_Const.sval?.sval : undefined))
    if (path.length > 0 && path.every((each) => each !== undefined))
      schema.setSearchPath(path as string[], is_local === true)
    else touchAll(schema)
  }
}

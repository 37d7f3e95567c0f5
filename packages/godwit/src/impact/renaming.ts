import type { AlterObjectSchemaStmt, Node, RenameStmt } from 'libpg-query'
import { columnsOf, namesIn, relationKinds } from './named.js'
import type { Relation, Schema } from './schema.js'

/** Renames what a `RENAME` names. */
export function rename(schema: Schema, statement: RenameStmt): void {
  const { relation: name, renameType, subname = '', newname = '', object } = statement
  if (renameType === 'OBJECT_TYPE' || renameType === 'OBJECT_DOMAIN') renameOfType(schema, object, newname)
  else if (renameType === 'OBJECT_SCHEMA') renameSchema(schema, subname, newname)
  const relation = schema.find(name)
  if (relation === undefined) return
  if (renameType === 'OBJECT_COLUMN')
    for (const each of schema.withHeirs(relation)) renameColumn(schema, each, subname, newname)
  else if (renameType === 'OBJECT_TABCONSTRAINT')
    for (const each of schema.withHeirs(relation)) renameConstraint(schema, each, subname, newname)
  else if (relationKinds.has(renameType)) renameRelation(schema, relation, newname)
}

/** Moves a relation or a type into another schema. */
export function move(schema: Schema, { relation, object, objectType, newschema = '' }: AlterObjectSchemaStmt): void {
  const type = objectType === 'OBJECT_TYPE' || objectType === 'OBJECT_DOMAIN' ? typeOf(schema, object) : undefined
  if (type !== undefined) replaceType(schema, type, { ...type, schema: newschema, changed: true })
  const found = schema.find(relation)
  if (found === undefined) return
  for (const each of [found, ...schema.indexesOf(found), ...schema.sequencesOf(found)]) each.schema = newschema
}

// An index that keeps a constraint and the constraint have one name.
function renameRelation(schema: Schema, relation: Relation, to: string): void {
  schema.note(relation)
  const table = relation.index?.table
  if (table !== undefined)
    for (const [name, constraint] of [...table.constraints])
      if (constraint.index === relation.name && constraint.kind !== 'foreign') {
        renameKey(table.constraints, name, to)
        Object.assign(constraint, { name: to, index: to })
      }
  relation.name = to
}

function renameConstraint(schema: Schema, table: Relation, from: string, to: string): void {
  const constraint = table.constraints.get(from)
  if (constraint === undefined) return
  if (constraint.index !== undefined && constraint.kind !== 'foreign') {
    const index = schema.find({ schemaname: table.schema, relname: constraint.index })
    if (index !== undefined) {
      index.name = to
      schema.note(index)
    }
    constraint.index = to
  }
  constraint.name = to
  renameKey(table.constraints, from, to)
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

function renameSchema(schema: Schema, from: string, to: string): void {
  schema.rightsChanged = true
  for (const relation of schema.relations) if (relation.schema === from) relation.schema = to
  for (const type of [...schema.types])
    if (type.schema === from) schema.types.splice(schema.types.indexOf(type), 1, { ...type, schema: to, changed: true })
}

function renameOfType(schema: Schema, object: Node | undefined, name: string): void {
  const type = typeOf(schema, object)
  if (type === undefined) return
  for (const { column } of columnsOf(schema, type)) column.type = column.type.replace(type.name, name)
  replaceType(schema, type, { ...type, name, changed: true })
}

function typeOf(schema: Schema, object: Node | undefined): Schema['types'][number] | undefined {
  return schema.findType(object === undefined ? [] : namesIn(object))
}

function replaceType(schema: Schema, type: Schema['types'][number], by: Schema['types'][number]): void {
  schema.types.splice(schema.types.indexOf(type), 1, by)
}

function renameKey<T>(map: Map<string, T>, from: string, to: string): void {
  const value = map.get(from)
  if (value === undefined) return
  map.delete(from)
  map.set(to, value)
}

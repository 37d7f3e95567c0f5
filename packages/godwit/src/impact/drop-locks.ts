import type { DropStmt, Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import type { Relation, Schema } from './schema.js'
import type { Taken } from './taken.js'

/** Takes what a DROP takes: the thing itself, what goes with it, and the tables at the other end of its foreign keys. */
export function takeOfDrop(taken: Taken, schema: Schema, statement: DropStmt): void {
  const cascades = statement.behavior === 'DROP_CASCADE'
  for (const object of statement.objects ?? []) {
    const parts = partsOf(object)
    switch (statement.removeType) {
      case 'OBJECT_TABLE':
      case 'OBJECT_FOREIGN_TABLE':
        takeTable(taken, schema, schema.findParts(parts), cascades)
        break
      case 'OBJECT_VIEW':
      case 'OBJECT_MATVIEW':
        takeView(taken, schema, schema.findParts(parts), cascades)
        break
      case 'OBJECT_INDEX':
        takeIndex(taken, schema.findParts(parts), statement.concurrent === true)
        break
      case 'OBJECT_TRIGGER':
      case 'OBJECT_RULE':
      case 'OBJECT_POLICY':
        taken.take(schema.findParts(parts.slice(0, -1)), 'AccessExclusive')
        break
      case 'OBJECT_STATISTIC_EXT':
        taken.take(statisticsNamed(schema, parts), 'ShareUpdateExclusive')
        break
      case 'OBJECT_SCHEMA':
        if (cascades) for (const each of inSchema(schema, parts.at(-1))) takeTable(taken, schema, each, true)
        break
      case 'OBJECT_TYPE':
      case 'OBJECT_DOMAIN':
        if (cascades) takeTyped(taken, schema, parts)
        break
    }
  }
}

/** The names on the way to what a DROP names. */
function partsOf(object: Node): string[] {
  if ('List' in object) return nameParts(object.List.items)
  if ('TypeName' in object) return nameParts(object.TypeName.names)
  return nameParts([object])
}

function takeTable(taken: Taken, schema: Schema, table: Relation | undefined, cascades: boolean): void {
  if (table === undefined) return
  if (table.partition) {
    for (const parent of table.parents) {
      taken.take(parent, 'AccessExclusive')
      for (const sibling of schema.childrenOf(parent)) if (sibling.isDefault) taken.take(sibling, 'AccessExclusive')
    }
  }
  const all = table.kind === 'partitioned' || cascades ? schema.withHeirs(table) : [table]
  for (const each of all) {
    taken.take(each, 'AccessExclusive')
    for (const { references } of each.constraints.values()) taken.take(references?.table, 'AccessExclusive')
    if (!cascades) continue
    for (const { from } of schema.referencesTo(each)) taken.take(from, 'AccessExclusive')
    for (const view of schema.viewsOf(each)) taken.take(view, 'AccessExclusive')
  }
}

function takeView(taken: Taken, schema: Schema, view: Relation | undefined, cascades: boolean): void {
  if (view === undefined) return
  taken.take(view, 'AccessExclusive')
  if (cascades) for (const each of schema.viewsOf(view)) taken.take(each, 'AccessExclusive')
}

function takeIndex(taken: Taken, index: Relation | undefined, concurrent: boolean): void {
  const table = index?.index?.table
  if (concurrent) taken.take(table, 'ShareUpdateExclusive')
  else if (table?.kind === 'partitioned') taken.takeWithHeirs(table, 'AccessExclusive')
  else taken.take(table, 'AccessExclusive')
}

function statisticsNamed(schema: Schema, parts: readonly string[]): Relation | undefined {
  const [name, inSchema] = parts.toReversed()
  return schema.statistics.find(
    (each) => each.name === name && (inSchema === undefined ? schema.searchPath : [inSchema]).includes(each.schema),
  )?.table
}

function inSchema(schema: Schema, name: string | undefined): Relation[] {
  return [...schema.relations].filter((relation) => relation.schema === name)
}

function takeTyped(taken: Taken, schema: Schema, parts: readonly string[]): void {
  const type = schema.findType(parts)
  if (type === undefined) return
  for (const table of schema.relations)
    for (const column of table.columns.values()) if (column.typeId === type.id) taken.take(table, 'AccessExclusive')
}

import type { Node } from 'libpg-query'
import { nameParts } from '../sql/nodes.js'
import type { TypeFacts } from './facts.js'
import type { Column, Relation, Schema } from './schema.js'

/** What has a name among relations. */
export const relationKinds = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_SEQUENCE',
] as (string | undefined)[])

/** The names on the way to what a DROP or a RENAME names. */
export function namesIn(object: Node): string[] {
  if ('List' in object) return nameParts(object.List.items)
  if ('TypeName' in object) return nameParts(object.TypeName.names)
  return nameParts([object])
}

/** Columns of a type. */
export function columnsOf(schema: Schema, type: TypeFacts): { table: Relation; column: Column }[] {
  return [...schema.relations].flatMap((table) =>
    [...table.columns.values()].filter(({ typeId }) => typeId === type.id).map((column) => ({ table, column })),
  )
}

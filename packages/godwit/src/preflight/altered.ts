import type { AlterTableCmd } from 'libpg-query'
import { retyped } from '../impact/evolve-table.js'
import { newColumn } from '../impact/new-column.js'
import type { Relation, Schema } from '../impact/schema.js'

// The order of the passes in ATRewriteCatalogs; constraints and NOT NULL come behind all of them.
const passes = ['AT_DropColumn', 'AT_AlterColumnType', 'AT_SetExpression', 'AT_AddColumn']

/** A table with its columns as one ALTER TABLE leaves them: the rows are held against that, in whatever order its commands stand. */
export function altered(table: Relation, commands: readonly AlterTableCmd[], schema: Schema): Relation {
  const { constraints, parents, reads, index, owner } = table
  const made: Relation = { ...table, constraints, parents, reads, index, owner, columns: new Map(table.columns) }
  const inOrder = commands.toSorted((a, b) => passes.indexOf(a.subtype ?? '') - passes.indexOf(b.subtype ?? ''))
  for (const { subtype, name = '', def } of inOrder) {
    const column = made.columns.get(name)
    const given = def !== undefined && 'ColumnDef' in def ? def.ColumnDef : undefined
    if (subtype === 'AT_DropColumn') made.columns.delete(name)
    else if (subtype === 'AT_AlterColumnType' && column !== undefined && given !== undefined)
      // USING sees what was there before any command.
      made.columns.set(name, retyped(schema, table, column, given.typeName, given.raw_default))
    else if (subtype === 'AT_SetExpression' && column !== undefined)
      made.columns.set(name, { ...column, now: undefined, value: undefined })
    else if (subtype === 'AT_AddColumn' && given?.colname !== undefined && !made.columns.has(given.colname))
      made.columns.set(given.colname, newColumn(schema, made, given))
  }
  return made
}

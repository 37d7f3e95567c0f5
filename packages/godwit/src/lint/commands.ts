import type { AlterTableCmd, ColumnDef, Constraint, RangeVar } from 'libpg-query'
import { as } from '../sql/parser.js'
import { type AlterText, alterText } from './alter-text.js'
import type { At } from './rule.js'
import { type NamedTable, tableOf } from './tables.js'

/** One command of an ALTER TABLE. */
export interface AlterCommand {
  command: AlterTableCmd
  index: number
  table: NamedTable
  /** As written; absent where the text could not be cut. */
  text: string | undefined
  /** `ALTER TABLE users`, as written. */
  head: string
}

/** The commands of an ALTER TABLE; of any other statement none. */
export function alterCommands(at: At): AlterCommand[] {
  const alter = as(at.tree, 'AlterTableStmt')
  if (alter === undefined || alter.objtype !== 'OBJECT_TABLE') return []
  const table = tableOf(at, alter.relation)
  const nodes = alter.cmds ?? []
  const cut: AlterText | undefined = alterText(at.statement.text)
  const fits = cut?.commands.length === nodes.length
  return nodes.flatMap((node, index) =>
    'AlterTableCmd' in node
      ? [
          {
            command: node.AlterTableCmd,
            index,
            table,
            text: fits ? cut.commands[index] : undefined,
            head: cut?.head ?? `ALTER TABLE ${table.name}`,
          },
        ]
      : [],
  )
}

/** A constraint that an ALTER TABLE adds, by itself. */
export interface AddedConstraint extends AlterCommand {
  constraint: Constraint
}

/** The constraints that an ALTER TABLE adds by `ADD CONSTRAINT`. */
export function addedConstraints(at: At): AddedConstraint[] {
  return alterCommands(at).flatMap((each) => {
    const { subtype, def } = each.command
    return subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def
      ? [{ ...each, constraint: def.Constraint }]
      : []
  })
}

/** A column that an ALTER TABLE adds. */
export interface AddedColumn extends AlterCommand {
  column: ColumnDef
  constraints: Constraint[]
}

/** The columns that an ALTER TABLE adds. */
export function addedColumns(at: At): AddedColumn[] {
  return alterCommands(at).flatMap((each) => {
    const { subtype, def } = each.command
    return subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def
      ? [{ ...each, column: def.ColumnDef, constraints: constraintsOf(def.ColumnDef) }]
      : []
  })
}

/** The columns that a statement declares a type for, and the table they are of. */
export function typedColumns(at: At): { column: ColumnDef; table: RangeVar | undefined; typeOnly: boolean }[] {
  const create = as(at.tree, 'CreateStmt')
  const made = (create?.tableElts ?? []).flatMap((node) =>
    'ColumnDef' in node ? [{ column: node.ColumnDef, table: create?.relation, typeOnly: false }] : [],
  )
  const alter = as(at.tree, 'AlterTableStmt')
  const changed = (alter?.cmds ?? []).flatMap((node) => {
    if (!('AlterTableCmd' in node)) return []
    const { subtype, def, name } = node.AlterTableCmd
    if (def === undefined || !('ColumnDef' in def)) return []
    if (subtype === 'AT_AddColumn') return [{ column: def.ColumnDef, table: alter?.relation, typeOnly: false }]
    if (subtype !== 'AT_AlterColumnType') return []
    return [{ column: { colname: name ?? '', ...def.ColumnDef }, table: alter?.relation, typeOnly: true }]
  })
  return [...made, ...changed]
}

export function constraintsOf(column: ColumnDef): Constraint[] {
  return (column.constraints ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []))
}

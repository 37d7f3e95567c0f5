import type { AlterTableCmd, AlterTableStmt, AlterTableType, Node } from 'libpg-query'
import { type LockMode, lockModes } from './lock-modes.js'
import type { Relation, Schema } from './schema.js'
import type { Taken } from './taken.js'

// AlterTableGetLockLevel in PostgreSQL's tablecmds.c; what is not listed is AccessExclusive.
const modes: Partial<Record<AlterTableType, LockMode>> = {
  AT_SetStatistics: 'ShareUpdateExclusive',
  AT_ClusterOn: 'ShareUpdateExclusive',
  AT_DropCluster: 'ShareUpdateExclusive',
  AT_SetOptions: 'ShareUpdateExclusive',
  AT_ResetOptions: 'ShareUpdateExclusive',
  AT_ValidateConstraint: 'ShareUpdateExclusive',
  AT_AttachPartition: 'ShareUpdateExclusive',
  AT_DetachPartitionFinalize: 'ShareUpdateExclusive',
  AT_EnableTrig: 'ShareRowExclusive',
  AT_EnableAlwaysTrig: 'ShareRowExclusive',
  AT_EnableReplicaTrig: 'ShareRowExclusive',
  AT_EnableTrigAll: 'ShareRowExclusive',
  AT_EnableTrigUser: 'ShareRowExclusive',
  AT_DisableTrig: 'ShareRowExclusive',
  AT_DisableTrigAll: 'ShareRowExclusive',
  AT_DisableTrigUser: 'ShareRowExclusive',
}

// Commands that are about one table even where others inherit from it.
const single = new Set<AlterTableType>([
  'AT_AddInherit',
  'AT_AddOf',
  'AT_AttachPartition',
  'AT_ChangeOwner',
  'AT_ClusterOn',
  'AT_DetachPartition',
  'AT_DetachPartitionFinalize',
  'AT_DisableRowSecurity',
  'AT_DisableRule',
  'AT_DropCluster',
  'AT_DropInherit',
  'AT_DropOf',
  'AT_EnableAlwaysRule',
  'AT_EnableReplicaRule',
  'AT_EnableRowSecurity',
  'AT_EnableRule',
  'AT_ForceRowSecurity',
  'AT_NoForceRowSecurity',
  'AT_ReplicaIdentity',
  'AT_ResetRelOptions',
  'AT_SetAccessMethod',
  'AT_SetLogged',
  'AT_SetRelOptions',
  'AT_SetTableSpace',
  'AT_SetUnLogged',
])

// Storage parameters that only the planner and vacuum look at.
const lightOptions =
  /^(?:autovacuum_.*|vacuum_.*|fillfactor|toast_tuple_target|parallel_workers|log_autovacuum_.*|n_distinct.*|deduplicate_items|fastupdate|gin_pending_list_limit|pages_per_range|autosummarize)$/

/** Takes what an ALTER TABLE, ALTER VIEW or ALTER MATERIALIZED VIEW takes. */
export function takeOfAlterTable(taken: Taken, schema: Schema, statement: AlterTableStmt): void {
  const found = schema.find(statement.relation)
  if (found === undefined) return
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []))
  if (found.kind === 'index') takeOfIndex(taken, schema, found, commands)
  else takeOfTable(taken, schema, found, commands, statement.relation?.inh === true)
}

function takeOfTable(
  taken: Taken,
  schema: Schema,
  found: Relation,
  commands: readonly AlterTableCmd[],
  inherits: boolean,
): void {
  const strongest = Math.max(...commands.map((command) => lockModes.indexOf(modeOf(command))))
  const mode = lockModes[strongest] ?? 'AccessExclusive'
  const recurses = inherits && commands.some(({ subtype }) => subtype && !single.has(subtype))
  if (recurses) taken.takeWithHeirs(found, mode)
  else taken.take(found, mode)
  for (const command of commands) takeOfCommand(taken, schema, found, command)
}

function modeOf({ subtype, def }: AlterTableCmd): LockMode {
  if (subtype === 'AT_AddConstraint' && def !== undefined && 'Constraint' in def)
    return def.Constraint.contype === 'CONSTR_FOREIGN' ? 'ShareRowExclusive' : 'AccessExclusive'
  if (subtype === 'AT_SetRelOptions' || subtype === 'AT_ResetRelOptions')
    return optionNames(def).every((name) => lightOptions.test(name)) ? 'ShareUpdateExclusive' : 'AccessExclusive'
  if (subtype === 'AT_DetachPartition' && isConcurrent(def)) return 'ShareUpdateExclusive'
  return (subtype === undefined ? undefined : modes[subtype]) ?? 'AccessExclusive'
}

function takeOfCommand(
  taken: Taken,
  schema: Schema,
  table: Relation,
  { subtype, name, def, behavior }: AlterTableCmd,
): void {
  switch (subtype) {
    case 'AT_AddConstraint':
    case 'AT_AddColumn':
      for (const target of referredIn(def)) taken.take(schema.find(target), 'ShareRowExclusive')
      break
    case 'AT_ValidateConstraint':
      taken.take(table.constraints.get(name ?? '')?.references?.table, 'RowShare')
      break
    case 'AT_DropConstraint': {
      const constraint = table.constraints.get(name ?? '')
      taken.take(constraint?.references?.table, 'AccessExclusive')
      if (behavior === 'DROP_CASCADE' && constraint !== undefined)
        takeReferring(taken, schema, table, constraint.columns)
      break
    }
    case 'AT_DropColumn':
      takeColumnsKeys(taken, table, name ?? '')
      if (behavior === 'DROP_CASCADE') {
        takeReferring(taken, schema, table, [name ?? ''])
        for (const view of schema.viewsOf(table, name)) taken.take(view, 'AccessExclusive')
      }
      break
    case 'AT_AlterColumnType':
      takeColumnsKeys(taken, table, name ?? '')
      takeReferring(taken, schema, table, [name ?? ''])
      break
    case 'AT_AttachPartition':
    case 'AT_DetachPartition':
    case 'AT_DetachPartitionFinalize':
      if (def !== undefined) takeOfPartition(taken, schema, table, subtype, def)
      break
    case 'AT_AddInherit':
      if (def !== undefined && 'RangeVar' in def) taken.take(schema.find(def.RangeVar), 'ShareUpdateExclusive')
      break
    case 'AT_DropInherit':
      if (def !== undefined && 'RangeVar' in def) taken.take(schema.find(def.RangeVar), 'AccessShare')
      break
  }
}

// The triggers that keep a foreign key are on both tables.
function takeColumnsKeys(taken: Taken, table: Relation, column: string): void {
  for (const { columns, references } of table.constraints.values())
    if (columns.includes(column)) taken.take(references?.table, 'AccessExclusive')
}

function takeReferring(taken: Taken, schema: Schema, table: Relation, columns: readonly string[]): void {
  for (const { from, constraint } of schema.referencesTo(table))
    if (constraint.references?.columns.some((column) => columns.includes(column))) taken.take(from, 'AccessExclusive')
}

function takeOfPartition(taken: Taken, schema: Schema, parent: Relation, subtype: AlterTableType, def: Node): void {
  if (!('PartitionCmd' in def)) return
  const partition = schema.find(def.PartitionCmd.name)
  const concurrent = def.PartitionCmd.concurrent === true
  if (partition !== undefined) taken.takeWithHeirs(partition, concurrent ? 'ShareUpdateExclusive' : 'AccessExclusive')
  if (subtype === 'AT_DetachPartitionFinalize') return
  for (const other of schema.childrenOf(parent))
    if (other.isDefault && !concurrent) taken.take(other, 'AccessExclusive')
  if (subtype !== 'AT_AttachPartition') return
  for (const { references } of parent.constraints.values()) taken.take(references?.table, 'ShareRowExclusive')
}

function takeOfIndex(taken: Taken, schema: Schema, index: Relation, commands: readonly AlterTableCmd[]): void {
  for (const { subtype, def } of commands) {
    if (subtype !== 'AT_AttachPartition' || def === undefined || !('PartitionCmd' in def)) continue
    taken.take(schema.find(def.PartitionCmd.name)?.index?.table, 'AccessShare')
    taken.take(index.index?.table, 'AccessShare')
  }
}

/** The tables that a column's or a table's foreign keys refer to. */
export function referredIn(def: Node | undefined): { relname?: string; schemaname?: string }[] {
  if (def === undefined) return []
  if ('Constraint' in def) return def.Constraint.pktable === undefined ? [] : [def.Constraint.pktable]
  return 'ColumnDef' in def ? (def.ColumnDef.constraints ?? []).flatMap(referredIn) : []
}

function optionNames(def: Node | undefined): string[] {
  const items = def !== undefined && 'List' in def ? (def.List.items ?? []) : []
  return items.flatMap((node) => ('DefElem' in node ? (node.DefElem.defname ?? '') : []))
}

function isConcurrent(def: Node | undefined): boolean {
  return def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent === true
}

import type { AlterTableCmd, ColumnDef, Constraint as ConstraintNode, TruncateStmt } from 'libpg-query'
import { nameParts, optionIsOn } from '../sql/nodes.js'
import { as, type Tree } from '../sql/parser.js'
import { provesNotNull } from './not-null.js'
import { addingRewrites, retypingRewrites } from './rewrites.js'
import type { Relation, Schema } from './schema.js'

/**
 * What a statement does to a table besides its catalogue: `rewrites` writes it anew with its indexes, `builds` reads it and
 * builds an index, `scans` reads every row, `changes` writes rows of it, `deletes` marks them as gone, `empties` throws its rows away.
 */
export type WorkKind = 'rewrites' | 'builds' | 'scans' | 'changes' | 'deletes' | 'empties'

/** Work on one table. `all`: on every row, as far as the text tells. */
export interface Work {
  relation: Relation
  kind: WorkKind
  all: boolean
}

/** What a statement does to tables, the heaviest on each. Pure. */
export function workOf(tree: Tree, schema: Schema): Work[] {
  const done = new Map<Relation, Work>()
  const add = (relation: Relation | undefined, kind: WorkKind, all = true): void => {
    if (relation === undefined || relation.kind === 'view') return
    for (const each of relation.kind === 'partitioned' ? schema.withHeirs(relation) : [relation]) {
      if (each.kind === 'partitioned' || each.kind === 'foreign') continue
      const before = done.get(each)
      if (before === undefined || weight(kind) > weight(before.kind)) done.set(each, { relation: each, kind, all })
    }
  }
  const alter = as(tree, 'AlterTableStmt')
  const table = schema.find(alter?.relation)
  for (const node of alter?.cmds ?? [])
    if ('AlterTableCmd' in node && table !== undefined) addOfCommand(node.AlterTableCmd, table, schema, add)
  const index = as(tree, 'IndexStmt')
  if (index?.relation?.inh) add(schema.find(index.relation), 'builds')
  const create = as(tree, 'CreateStmt')
  for (const node of create?.partbound === undefined ? [] : (create.inhRelations ?? [])) {
    const parent = 'RangeVar' in node ? schema.find(node.RangeVar) : undefined
    for (const other of parent === undefined ? [] : schema.childrenOf(parent)) if (other.isDefault) add(other, 'scans')
  }
  const cluster = as(tree, 'ClusterStmt')
  if (cluster !== undefined) add(schema.find(cluster.relation), 'rewrites')
  const refresh = as(tree, 'RefreshMatViewStmt')
  if (refresh !== undefined) add(schema.find(refresh.relation), refresh.concurrent ? 'changes' : 'rewrites')
  const reindex = as(tree, 'ReindexStmt')
  const reindexed = schema.find(reindex?.relation)
  add(reindexed?.index?.table ?? reindexed, 'builds')
  const vacuum = as(tree, 'VacuumStmt')
  if (vacuum !== undefined) {
    const kind = vacuum.is_vacuumcmd === true && optionIsOn(vacuum.options, 'full', false) ? 'rewrites' : 'scans'
    for (const node of vacuum.rels ?? [])
      if ('VacuumRelation' in node) add(schema.find(node.VacuumRelation.relation), kind)
  }
  const truncate = as(tree, 'TruncateStmt')
  if (truncate !== undefined) for (const each of truncatedBy(truncate, schema)) add(each, 'empties')
  const updated = as(tree, 'UpdateStmt')
  if (updated !== undefined) add(schema.find(updated.relation), 'changes', updated.whereClause === undefined)
  const deleted = as(tree, 'DeleteStmt')
  if (deleted !== undefined) add(schema.find(deleted.relation), 'deletes', deleted.whereClause === undefined)
  const merged = as(tree, 'MergeStmt') ?? as(tree, 'InsertStmt')
  if (merged !== undefined) add(schema.find(merged.relation), 'changes', false)
  const copy = as(tree, 'CopyStmt')
  if (copy?.relation !== undefined) add(schema.find(copy.relation), copy.is_from ? 'changes' : 'scans', !copy.is_from)
  const domain = as(tree, 'AlterDomainStmt')
  if (domain !== undefined && ['C', 'O', 'V'].includes(domain.subtype ?? '')) {
    const type = schema.findType(nameParts(domain.typeName))
    const skips =
      domain.def !== undefined && 'Constraint' in domain.def && domain.def.Constraint.skip_validation === true
    for (const each of type === undefined || skips ? [] : schema.relations)
      if ([...each.columns.values()].some(({ typeId }) => typeId === type?.id)) add(each, 'scans')
  }
  return [...done.values()]
}

/** The tables that a TRUNCATE empties. */
export function truncatedBy({ relations = [], behavior }: TruncateStmt, schema: Schema): Set<Relation> {
  const all = new Set<Relation>()
  for (const node of relations) {
    const table = 'RangeVar' in node ? schema.find(node.RangeVar) : undefined
    if (table === undefined || !('RangeVar' in node)) continue
    for (const each of node.RangeVar.inh ? schema.withHeirs(table) : [table]) all.add(each)
  }
  // The set grows while it is walked through.
  for (const each of behavior === 'DROP_CASCADE' ? all : [])
    for (const { from } of schema.referencesTo(each)) for (const heir of schema.withHeirs(from)) all.add(heir)
  return all
}

const weights: readonly WorkKind[] = ['scans', 'deletes', 'changes', 'empties', 'builds', 'rewrites']
const weight = (kind: WorkKind): number => weights.indexOf(kind)

type Add = (relation: Relation | undefined, kind: WorkKind, all?: boolean) => void

function addOfCommand({ subtype, name, def }: AlterTableCmd, table: Relation, schema: Schema, add: Add): void {
  const column = table.columns.get(name ?? '')
  switch (subtype) {
    case 'AT_AddColumn':
      if (def === undefined || !('ColumnDef' in def)) return
      if (addingRewrites(def.ColumnDef, schema)) for (const heir of schema.withHeirs(table)) add(heir, 'rewrites')
      addOfNewColumn(def.ColumnDef, table, schema, add)
      return
    case 'AT_AlterColumnType':
      if (column === undefined || def === undefined || !('ColumnDef' in def)) return
      if (!retypingRewrites(column, def.ColumnDef, schema)) return
      for (const heir of schema.withHeirs(table)) add(heir, 'rewrites')
      // Foreign keys at both ends are looked through again.
      for (const { columns, references } of table.constraints.values())
        if (columns.includes(column.name)) add(references?.table, 'scans')
      for (const { from, constraint } of schema.referencesTo(table))
        if (constraint.references?.columns.includes(column.name)) add(from, 'scans')
      return
    case 'AT_SetNotNull':
      if (column !== undefined && !column.notNull && !provesNotNull(table, column.name))
        for (const heir of schema.withHeirs(table)) add(heir, 'scans')
      return
    case 'AT_AddConstraint':
      if (def !== undefined && 'Constraint' in def) addOfConstraint(def.Constraint, table, schema, add)
      return
    case 'AT_ValidateConstraint': {
      const constraint = table.constraints.get(name ?? '')
      if (constraint === undefined || constraint.validated) return
      add(table, 'scans')
      add(constraint.references?.table, 'scans')
      return
    }
    case 'AT_AttachPartition':
      if (def !== undefined && 'PartitionCmd' in def) {
        add(schema.find(def.PartitionCmd.name), 'scans')
        for (const other of schema.childrenOf(table)) if (other.isDefault) add(other, 'scans')
      }
      return
    case 'AT_SetLogged':
    case 'AT_SetUnLogged':
    case 'AT_SetAccessMethod':
    case 'AT_SetTableSpace':
    case 'AT_SetExpression':
      add(table, 'rewrites')
  }
}

function addOfNewColumn({ constraints = [] }: ColumnDef, table: Relation, schema: Schema, add: Add): void {
  const nodes = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []))
  const hasValue = nodes.some(({ contype }) => contype === 'CONSTR_DEFAULT' || contype === 'CONSTR_GENERATED')
  for (const node of nodes) {
    // Without a value in any row there is nothing to look up; that it has none where it must is seen without a look at rows.
    if (node.contype === 'CONSTR_NOTNULL' || (node.contype === 'CONSTR_FOREIGN' && !hasValue)) continue
    addOfConstraint(node, table, schema, add)
  }
}

function addOfConstraint(node: ConstraintNode, table: Relation, schema: Schema, add: Add): void {
  switch (node.contype) {
    case 'CONSTR_PRIMARY':
    case 'CONSTR_UNIQUE':
    case 'CONSTR_EXCLUSION': {
      if (node.indexname === undefined) {
        add(table, 'builds')
        const keys = nameParts(node.keys)
        for (const heir of node.contype === 'CONSTR_PRIMARY' ? schema.childrenOf(table) : [])
          if (keys.some((key) => !heir.columns.get(key)?.notNull && !provesNotNull(heir, key))) add(heir, 'scans')
        return
      }
      const columns = schema.find({ schemaname: table.schema, relname: node.indexname })?.index?.columns ?? []
      const unproven = columns.some(
        (name) => name !== null && !table.columns.get(name)?.notNull && !provesNotNull(table, name),
      )
      if (node.contype === 'CONSTR_PRIMARY' && unproven) add(table, 'scans')
      return
    }
    case 'CONSTR_CHECK':
      if (!node.skip_validation)
        for (const heir of node.is_no_inherit ? [table] : schema.withHeirs(table)) add(heir, 'scans')
      return
    case 'CONSTR_NOTNULL':
      if (!node.skip_validation) add(table, 'scans')
      return
    case 'CONSTR_FOREIGN':
      // What is new has nothing yet that could refer to anything.
      if (node.skip_validation || (table.now === undefined && !table.touched)) return
      add(table, 'scans')
      add(schema.find(node.pktable), 'scans')
  }
}

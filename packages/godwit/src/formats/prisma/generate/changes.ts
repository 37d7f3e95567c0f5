import type { ColumnDef, Node, RangeVar } from 'libpg-query'
import { destroyedBy } from '../../../sql/destroys.js'
import { nameParts } from '../../../sql/nodes.js'
import { as, loadParser, parseStatement, type Tree } from '../../../sql/parser.js'
import { pathText } from '../../../sql/path.js'
import { splitScript } from '../../../sql/split.js'
import { survey } from '../../../sql/survey.js'

/** A column with its type, as the script writes it. */
export interface ColumnChange {
  /** With its schema, where the script says it. */
  table: string
  column: string
  /** The same for two columns of one type; empty of one that goes. */
  type: string
}

/**
 * What a script of the engine's does, as far as it takes something away or looks like a rename. Tables, indexes and types are paths, as
 * {@link pathText} writes them.
 */
export interface Changes {
  statements: string[]
  addedColumns: ColumnChange[]
  droppedColumns: ColumnChange[]
  /** Columns whose default goes. */
  droppedDefaults: { table: string; column: string }[]
  /** Tables with a text that is the same for two of one shape. */
  createdTables: { table: string; shape: string }[]
  droppedTables: string[]
  droppedIndexes: string[]
  droppedTypes: string[]
  /** Sequences as the script writes them, each with the table that it counts for. */
  createdSequences: { table: string; written: string }[]
  droppedSequences: { table: string; written: string }[]
  createdSchemas: string[]
  /** What data goes, in words. */
  destroys: string[]
}

/** The statements of a script, one text each. */
export function readStatements(script: string): string[] {
  return splitScript(script).flatMap((item) => (item.kind === 'statement' ? [item.statement.text] : []))
}

/** Reads a script of the engine's. */
export async function readChanges(script: string): Promise<Changes> {
  await loadParser()
  const changes: Changes = {
    statements: [],
    addedColumns: [],
    droppedColumns: [],
    droppedDefaults: [],
    createdTables: [],
    droppedTables: [],
    droppedIndexes: [],
    droppedTypes: [],
    createdSequences: [],
    droppedSequences: [],
    createdSchemas: [],
    destroys: [],
  }
  changes.statements.push(...readStatements(script))
  const trees = changes.statements.map(parseStatement)
  for (const [index, tree] of trees.entries()) {
    if (tree !== undefined) note(changes, tree)
    noteSequence(changes, changes.statements[index] as string, { before: trees[index - 1], after: trees[index + 1] })
  }
  return changes
}

function note(changes: Changes, tree: Tree): void {
  changes.destroys.push(...destroyedBy(tree, survey(tree)))
  const created = as(tree, 'CreateStmt')
  if (created !== undefined)
    changes.createdTables.push({ table: relationPath(created.relation), shape: shapeOf(created.tableElts) })
  noteAlter(changes, tree)
  const schema = as(tree, 'CreateSchemaStmt')?.schemaname
  if (schema !== undefined) changes.createdSchemas.push(schema)
  const drop = as(tree, 'DropStmt')
  const names = (drop?.objects ?? []).map((object) => pathText(droppedName(object)))
  if (drop?.removeType === 'OBJECT_TABLE') changes.droppedTables.push(...names)
  if (drop?.removeType === 'OBJECT_INDEX') changes.droppedIndexes.push(...names)
  if (drop?.removeType === 'OBJECT_TYPE') changes.droppedTypes.push(...names)
}

// The engine writes one right before it is a column's default, and drops it right after; one it does not know has an empty name.
function noteSequence(
  changes: Changes,
  text: string,
  near: { before: Tree | undefined; after: Tree | undefined },
): void {
  const [, verb, written = ''] = /^(CREATE|DROP) SEQUENCE (\S+)$/.exec(text) ?? []
  const tree = verb === 'CREATE' ? near.after : near.before
  if (verb === undefined || tree === undefined) return
  const table = relationPath(as(tree, 'AlterTableStmt')?.relation)
  changes[verb === 'CREATE' ? 'createdSequences' : 'droppedSequences'].push({ table, written })
}

function noteAlter(changes: Changes, tree: Tree): void {
  const alter = as(tree, 'AlterTableStmt')
  const table = relationPath(alter?.relation)
  for (const node of alter?.cmds ?? []) {
    if (!('AlterTableCmd' in node)) continue
    const { subtype, name: column = '', def } = node.AlterTableCmd
    if (subtype === 'AT_DropColumn') changes.droppedColumns.push({ table, column, type: '' })
    if (subtype === 'AT_ColumnDefault' && def === undefined) changes.droppedDefaults.push({ table, column })
    if (subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def)
      changes.addedColumns.push({ table, column: def.ColumnDef.colname ?? '', type: typeOf(def.ColumnDef) })
  }
}

/** Columns and types, whatever their order. */
function shapeOf(elements: Node[] | undefined): string {
  const columns = (elements ?? []).flatMap((element) => ('ColumnDef' in element ? [element.ColumnDef] : []))
  return columns
    .map((column) => `${column.colname} ${typeOf(column)}`)
    .sort()
    .join('\n')
}

// Places in the source are no part of a type, nor is the schema, which only one of two scripts may say.
function typeOf({ typeName }: ColumnDef): string {
  const { names, ...rest } = typeName ?? {}
  const name = nameParts(names).at(-1)
  return JSON.stringify({ name, ...rest }, (key, value: unknown) => (key === 'location' ? undefined : value))
}

function relationPath(relation: RangeVar | undefined): string {
  return pathText([relation?.schemaname, relation?.relname])
}

function droppedName(object: Node): string[] {
  if ('List' in object) return nameParts(object.List.items)
  if ('TypeName' in object) return nameParts(object.TypeName.names)
  return nameParts([object])
}

import type { RangeVar } from 'libpg-query'
import type { Relation } from '../impact/schema.js'
import { as } from '../sql/parser.js'
import { writtenTable } from './names.js'
import type { At } from './rule.js'

/** A table that a statement names. */
export interface NamedTable {
  /** As it has to be written. */
  name: string
  /** Its bare name. */
  bare: string
  schemaName: string | undefined
  relation: Relation | undefined
  /** A statement of what is linted made it: nobody uses it yet. */
  isNew: boolean
  /** It is new, or so small that nothing takes long on it. */
  isQuick: boolean
}

/** Where a statement stands, as far as it matters to what its names mean. */
type Where = Pick<At, 'schema' | 'options'> & Partial<Pick<At, 'before'>>

/** What is known of a table that a statement names. */
export function tableOf(at: Where, named: RangeVar | undefined): NamedTable {
  const relation = at.schema.find(named)
  const isNew = isTemporary(at, named) || (relation !== undefined && relation.now === undefined)
  return {
    name: writtenTable(named),
    bare: named?.relname ?? '',
    schemaName: named?.schemaname,
    relation,
    isNew,
    isQuick: isNew || isSmall(at, relation),
  }
}

/** The table that an index is on. */
export function tableOfIndex(at: Where, parts: readonly string[]): NamedTable | undefined {
  const table = at.schema.findParts(parts)?.index?.table
  return table === undefined ? undefined : ofRelation(at, table)
}

/** What is known of a table, named as it is found in the schema. */
export function ofRelation(at: Where, relation: Relation): NamedTable {
  const schemaname = relation.schema === at.schema.searchPath[0] ? undefined : relation.schema
  return tableOf(at, {
    relname: relation.name,
    relpersistence: 'p',
    ...(schemaname === undefined ? {} : { schemaname }),
  })
}

// A temporary table of that name stands before every other, and nobody else sees it.
function isTemporary({ before = [] }: Where, named: RangeVar | undefined): boolean {
  if (named?.relpersistence === 't' || named?.schemaname === 'pg_temp') return true
  if (named === undefined || named.schemaname !== undefined) return false
  const made = before.map((tree) => as(tree, 'CreateStmt')?.relation ?? as(tree, 'CreateTableAsStmt')?.into?.rel)
  return made.some(
    (each) => each?.relname === named.relname && (each?.relpersistence === 't' || each?.schemaname === 'pg_temp'),
  )
}

function isSmall({ schema, options }: Pick<At, 'schema' | 'options'>, relation: Relation | undefined): boolean {
  if (!options.live || relation === undefined) return false
  const all = schema.withHeirs(relation)
  const rows = all.reduce((sum, each) => sum + (each.rows ?? 0), 0)
  const bytes = all.reduce((sum, each) => sum + each.bytes, 0)
  return rows < options.smallTable.rows && bytes < options.smallTable.bytes
}

import { ident, qualified } from '../../../sql/quote.js'
import type { Action, Fact, FactBase, FactId, Plan } from './pg-delta.js'

/** One statement of a migration; `plain`: it with less, tried first. */
export interface Statement {
  sql: string
  plain?: string
}

/**
 * The statements of a plan, without what is known to be wrong or needless in pg-delta's.
 *
 * @param encode makes one text of what an object goes by
 */
export function statementsOf(
  { actions }: Plan,
  from: FactBase,
  to: FactBase,
  encode: (id: FactId) => string,
): Statement[] {
  const anew = new Set(madeAnew({ actions }, encode).map(encode))
  const made = actions.flatMap((action): Statement[] => {
    const sql = textOf(action)
    const column = [...action.destroys, ...action.produces].find((id) => id.kind === 'column' && anew.has(encode(id)))
    const collated = column === undefined ? undefined : collation(column, from, to)
    if (collated !== undefined) return action.destroys.length > 0 ? [] : [{ sql: collated }]
    if (dropsNoDefault(sql, from)) return []
    return [withLess(wholeIndex(sql))]
  })
  return valuesFirst(made)
}

/** Its statement, without the end. */
export function textOf({ sql }: Action): string {
  return sql.trim().replace(/;+$/, '')
}

/** Tables and columns that a plan drops and makes again: their data would go. */
export function madeAnew({ actions }: Pick<Plan, 'actions'>, encode: (id: FactId) => string): FactId[] {
  const produced = new Set(actions.flatMap((action: Action) => action.produces.map(encode)))
  return actions
    .flatMap(({ destroys }) => [...destroys])
    .filter((id) => (id.kind === 'column' || id.kind === 'table') && produced.has(encode(id)))
}

/** A change of the collation alone, which needs no new column. */
export function collation(id: FactId, from: FactBase, to: FactBase): string | undefined {
  const [before, after] = [from.get(id), to.get(id)]
  if (before === undefined || after === undefined || !differsInCollation(before, after)) return undefined
  const { schema = '', table = '', name = '' } = id
  const collate = typeof after.payload.collation === 'string' ? after.payload.collation : 'pg_catalog."default"'
  return `ALTER TABLE ${qualified(schema, table)} ALTER COLUMN ${ident(name)} TYPE ${after.payload.type} COLLATE ${collate}`
}

function differsInCollation(before: Fact, after: Fact): boolean {
  return Object.keys(after.payload).every(
    (key) =>
      key === 'collation' ||
      key.startsWith('_') ||
      JSON.stringify(before.payload[key]) === JSON.stringify(after.payload[key]),
  )
}

// `ON ONLY` a partitioned table leaves the index invalid for ever: no statement attaches those of its partitions.
function wholeIndex(sql: string): string {
  return sql.replace(/^(CREATE (?:UNIQUE )?INDEX (?:"(?:[^"]|"")+"|\w+) ON) ONLY /, '$1 ')
}

// An explicit cast cuts a text that is too long; without it the server refuses, which loses nothing.
function withLess(sql: string): Statement {
  const [, plain, type, , cast] = /^(ALTER TABLE .* TYPE (.+)) USING ("(?:[^"]|"")+")::(.+)$/s.exec(sql) ?? []
  return plain !== undefined && type === cast ? { sql, plain } : { sql }
}

function dropsNoDefault(sql: string, from: FactBase): boolean {
  const name = '"((?:[^"]|"")+)"'
  const found = new RegExp(`^ALTER TABLE ${name}\\.${name} ALTER COLUMN ${name} DROP DEFAULT$`).exec(sql)
  if (found === null) return false
  const [schema = '', table = '', column = ''] = found.slice(1).map((part) => part.replaceAll('""', '"'))
  return from.get({ kind: 'default', schema, table, name: column }) === undefined
}

// A default may want a value before the statement that adds it; only a rename of its type must come first.
function valuesFirst(statements: readonly Statement[]): Statement[] {
  const isValue = ({ sql }: Statement) => /^ALTER TYPE .* ADD VALUE /s.test(sql)
  const isRename = ({ sql }: Statement) => /^ALTER .* RENAME (?:TO|COLUMN|CONSTRAINT|VALUE|ATTRIBUTE) /s.test(sql)
  const rest = statements.filter((each) => !isValue(each))
  const first = rest.findIndex((each) => !isRename(each))
  const at = first === -1 ? rest.length : first
  return [...rest.slice(0, at), ...statements.filter(isValue), ...rest.slice(at)]
}

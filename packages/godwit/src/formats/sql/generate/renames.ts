import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { ident, qualified } from '../../../sql/quote.js'
import type { Rename, RenameAnswers } from '../../contract.js'
import { pathOf } from './facts.js'
import type { Delta, Fact, FactBase, FactId, Plan } from './pg-delta.js'

/** A rename as statements: the way there and the way back. */
export interface RenameStatements {
  up: string
  down: string
}

/**
 * Makes a rename on the database, so that the rest is compared with what it gives.
 *
 * @throws GODWIT_RENAME_UNUSABLE when there is no such column or table
 */
export async function makeRename(client: pg.Client, { from, to }: Rename): Promise<RenameStatements> {
  const parts = from.split('.')
  const last = parts.at(-1) ?? ''
  const name = to.split('.').at(-1) ?? ''
  const column = parts.length > 1 ? await columnTable(client, parts.slice(0, -1), last) : undefined
  const table = column === undefined ? await tableAt(client, parts) : undefined
  if (column === undefined && table === undefined)
    throw new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason: `there is no ${from}` })
  const made =
    column === undefined
      ? tableRename(table as Place, name)
      : columnRename(qualified(column.schema, column.name), last, name)
  await client.query(made.up)
  return made
}

/** Types and domains that have another name only: the columns of them keep what they hold. */
export function renamedTypes({ renameCandidates }: Plan): RenameStatements[] {
  return renameCandidates
    .filter(({ kind, status }) => status === 'unambiguous' && (kind === 'type' || kind === 'domain'))
    .map(({ kind, from, to }) => {
      const rename = (old: FactId, name = '') =>
        `ALTER ${kind.toUpperCase()} ${qualified(old.schema ?? '', old.name ?? '')} RENAME TO ${ident(name)}`
      return { up: rename(from, to.name), down: rename(to, from.name) }
    })
}

interface Place {
  schema: string
  name: string
}

function tableRename({ schema, name }: Place, to: string): RenameStatements {
  return {
    up: `ALTER TABLE ${qualified(schema, name)} RENAME TO ${ident(to)}`,
    down: `ALTER TABLE ${qualified(schema, to)} RENAME TO ${ident(name)}`,
  }
}

function columnRename(table: string, from: string, to: string): RenameStatements {
  return {
    up: `ALTER TABLE ${table} RENAME COLUMN ${ident(from)} TO ${ident(to)}`,
    down: `ALTER TABLE ${table} RENAME COLUMN ${ident(to)} TO ${ident(from)}`,
  }
}

async function columnTable(client: pg.Client, path: readonly string[], column: string): Promise<Place | undefined> {
  const table = await tableAt(client, path)
  if (table === undefined) return undefined
  const { rowCount } = await client.query(
    'SELECT FROM pg_attribute WHERE attrelid = $1::regclass AND attname = $2 AND NOT attisdropped',
    [qualified(table.schema, table.name), column],
  )
  return rowCount === 0 ? undefined : table
}

async function tableAt(client: pg.Client, path: readonly string[]): Promise<Place | undefined> {
  const [name = '', schema = 'public'] = path.toReversed()
  if (path.length > 2) return undefined
  const { rows } = await client.query<{ found: string | null }>('SELECT to_regclass($1)::text AS found', [
    qualified(schema, name),
  ])
  return rows[0]?.found === null ? undefined : { schema, name }
}

/**
 * What looks renamed and was not answered for: a column that goes and one of the same type that comes in one table, a
 * table that goes and one that comes with the same columns in one schema.
 */
export function looksRenamed(
  deltas: readonly Delta[],
  before: FactBase,
  after: FactBase,
  { notRenamed }: Pick<RenameAnswers, 'notRenamed'>,
): Rename[] {
  // Tables first: what becomes of their columns depends on them.
  const gone = deltas
    .flatMap((delta) => (delta.verb === 'remove' ? [delta.fact] : []))
    .sort((a, b) => Number(b.id.kind === 'table') - Number(a.id.kind === 'table'))
  const made = deltas.flatMap((delta) => (delta.verb === 'add' ? [delta.fact] : []))
  const isDenied = (from: string, to: string) => notRenamed.some((pair) => pair.from === from && pair.to === to)
  const pairs: Rename[] = []
  const taken = new Set<Fact>()
  for (const old of gone) {
    const shape = shapeOf(old, before)
    if (shape === undefined) continue
    const from = pathOf(old.id)
    const match = made.find(
      (fact) => !taken.has(fact) && shapeOf(fact, after) === shape && !isDenied(from, pathOf(fact.id)),
    )
    if (match === undefined) continue
    taken.add(match)
    pairs.push({ from, to: pathOf(match.id) })
  }
  return pairs
}

// What two must have in common to look like one. Columns of a table that goes or comes as a whole are not asked about: their table is.
function shapeOf({ id, payload }: Fact, base: FactBase): string | undefined {
  if (id.kind === 'column') return JSON.stringify(['column', id.schema, id.table, payload.type])
  if (id.kind !== 'table') return undefined
  const columns = base
    .facts()
    .filter((fact) => fact.id.kind === 'column' && fact.id.schema === id.schema && fact.id.table === id.name)
    .map((fact) => `${fact.id.name} ${fact.payload.type}`)
  return columns.length === 0 ? undefined : JSON.stringify(['table', id.schema, columns.sort()])
}

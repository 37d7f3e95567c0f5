import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { ident, qualified } from '../../../sql/quote.js'
import type { Rename, RenameAnswers } from '../../contract.js'
import { findNamed, isTaken, lastName } from '../../find-named.js'
import { type RenameStatements, renameStatements } from '../../rename-statements.js'
import { pathOf } from './facts.js'
import type { Delta, Fact, FactBase, FactId, Plan } from './pg-delta.js'

/**
 * Makes a rename on the database, so that the rest is compared with what it gives.
 *
 * @throws GODWIT_RENAME_UNUSABLE when there is no such column or table, or one of the new name
 */
export async function makeRename(client: pg.Client, { from, to }: Rename): Promise<RenameStatements> {
  const found = await findNamed(client, from, 'public')
  if (found === undefined)
    throw new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason: `there is no ${from}` })
  const name = lastName(to)
  if (await isTaken(client, found, name))
    throw new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason: `there is a ${to} already` })
  const made = renameStatements(found, name)
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

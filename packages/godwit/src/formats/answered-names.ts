import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { GenerateRequest, Rename } from './contract.js'

/** The tables and columns there are: `users`, `users.name`, each with its schema where that is not the usual one. */
export interface NamesKnown {
  /** What the history makes. */
  before: readonly string[]
  /** What is wanted. */
  after: readonly string[]
  /** The schema that paths leave out. */
  usual: string
}

/** Whether an answer names anything: else nobody need find out what there is. */
export function hasAnswers({ renames, recreate }: Pick<GenerateRequest, 'renames' | 'recreate'>): boolean {
  return renames.renamed.length + renames.notRenamed.length + recreate.length > 0
}

/**
 * Refuses answers about what is not there, which would change nothing.
 *
 * @throws GODWIT_RENAME_UNUSABLE, GODWIT_RECREATE_UNKNOWN, each with the nearest name
 */
export function refuseUnknownNames(
  { renames, recreate }: Pick<GenerateRequest, 'renames' | 'recreate'>,
  { before, after, usual }: NamesKnown,
): void {
  const known = new Set(before)
  const short = (path: string) =>
    path.startsWith(`${usual}.`) && !known.has(path) ? path.slice(usual.length + 1) : path
  for (const rename of renames.renamed) {
    const from = short(rename.from)
    if (!known.has(from)) throw unusable(rename, { name: from, of: [...known], where: 'the history' })
    // What is renamed takes its columns along, and a later rename may speak of them.
    for (const path of [...known])
      if (path === from || path.startsWith(`${from}.`)) known.add(short(rename.to) + path.slice(from.length))
  }
  for (const rename of renames.notRenamed) {
    if (!known.has(rename.from)) throw unusable(rename, { name: rename.from, of: [...known], where: 'the history' })
    if (!after.includes(rename.to)) throw unusable(rename, { name: rename.to, of: after, where: 'what is wanted' })
  }
  for (const written of recreate) {
    if (known.has(written)) continue
    throw new GodwitError('GODWIT_RECREATE_UNKNOWN', { written, nearest: nearestTo(written, [...known]) })
  }
}

function unusable({ from, to }: Rename, unknown: { name: string; of: readonly string[]; where: string }): GodwitError {
  const nearest = nearestTo(unknown.name, unknown.of)
  const meant = nearest === undefined ? '' : `; the nearest is ${nearest}`
  const reason = `there is no ${unknown.name} in ${unknown.where}${meant}`
  return new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason })
}

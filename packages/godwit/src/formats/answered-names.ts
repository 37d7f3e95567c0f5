import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import { pathNames, pathText } from '../sql/path.js'
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

type Answers = Pick<GenerateRequest, 'renames' | 'recreate'>

/** Whether an answer names anything: else nobody need find out what there is. */
export function hasAnswers({ renames, recreate }: Answers): boolean {
  return renames.renamed.length + renames.notRenamed.length + recreate.length > 0
}

/** A path without the schema that paths leave out. */
export function shortPath(path: string, usual: string): string {
  const start = `${pathText([usual])}.`
  return path.startsWith(start) ? path.slice(start.length) : path
}

/**
 * The answers as the formats name things. Refuses those about what is not there, which would change nothing, and renames to what is
 * not wanted, which would lose the data after all.
 *
 * @throws GODWIT_RENAME_UNUSABLE, GODWIT_RECREATE_UNKNOWN, each with the nearest name
 */
export function knownAnswers({ renames, recreate }: Answers, { before, after, usual }: NamesKnown): Answers {
  const known = new Set(before)
  const short = (path: string) => (known.has(path) ? path : shortPath(path, usual))
  const both = ({ from, to }: Rename): Rename => ({ from: short(from), to: short(to) })
  const has = (names: readonly string[], name: string, where: string, rename: Rename) => {
    if (!names.includes(name)) throw unusable(rename, { name, of: names, where })
  }
  const made: { rename: Rename; now: string }[] = []
  for (const rename of renames.renamed) {
    const { from, to } = both(rename)
    has([...known], from, 'the history', rename)
    // What is renamed takes its columns along, and a later rename may speak of them.
    for (const path of [...known]) if (isWithin(path, from)) known.add(to + path.slice(from.length))
    for (const each of made) if (isWithin(each.now, from)) each.now = to + each.now.slice(from.length)
    made.push({ rename, now: to })
  }
  for (const { rename, now } of made) has(after, now, 'what is wanted', rename)
  const notRenamed = renames.notRenamed.map(both)
  for (const rename of notRenamed) {
    has([...known], rename.from, 'the history', rename)
    has(after, rename.to, 'what is wanted', rename)
  }
  const anew = recreate.map((written) => short(pathText(pathNames(written) ?? [written])))
  for (const written of anew) {
    if (known.has(written)) continue
    throw new GodwitError('GODWIT_RECREATE_UNKNOWN', { written, nearest: nearestTo(written, [...known]) })
  }
  return { renames: { ...renames, notRenamed }, recreate: anew }
}

/** Whether a path is a table's, or that of one of its columns. */
export function isWithin(path: string, table: string): boolean {
  return path === table || path.startsWith(`${table}.`)
}

function unusable({ from, to }: Rename, unknown: { name: string; of: readonly string[]; where: string }): GodwitError {
  const nearest = nearestTo(unknown.name, unknown.of)
  const meant = nearest === undefined ? '' : `; the nearest is ${nearest}`
  const reason = `there is no ${unknown.name} in ${unknown.where}${meant}`
  return new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason })
}

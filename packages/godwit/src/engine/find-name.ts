import { closest, distance } from 'fastest-levenshtein'
import { GodwitError } from '../errors.js'

/**
 * Finds a migration by its name or any part of it that no other has (rule 40).
 *
 * @throws GodwitError GODWIT_UNKNOWN_MIGRATION with the nearest name, GODWIT_AMBIGUOUS_NAME with the list
 */
export function findName(names: readonly string[], wanted: string): string {
  if (names.includes(wanted)) return wanted
  const matches = names.filter((name) => name.includes(wanted))
  if (matches.length === 1) return matches[0] as string
  if (matches.length > 1) throw new GodwitError('GODWIT_AMBIGUOUS_NAME', { wanted, matches })
  throw new GodwitError('GODWIT_UNKNOWN_MIGRATION', { wanted, nearest: nearestTo(wanted, names) })
}

/** The candidate that was probably meant; `undefined` when none is near. */
export function nearestTo(wanted: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined
  const lower = wanted.toLowerCase()
  // A long name is near when the part after its timestamp is.
  const near = candidates.map((name) => ({ name, core: name.toLowerCase().replace(/^\d+[-_]?|\d{13}$/g, '') }))
  const core = closest(
    lower,
    near.map((each) => each.core),
  )
  const found = near.find((each) => each.core === core)
  return found !== undefined && distance(lower, core) <= Math.max(2, Math.floor(core.length / 3))
    ? found.name
    : undefined
}

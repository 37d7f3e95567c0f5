import { GodwitError } from '../../errors.js'

/** The oldest major whose locks, catalogue and settings the rules rely on (rule 33). */
export const OLDEST_MAJOR = 14

const relatives: readonly [RegExp, string][] = [
  [/CockroachDB/i, 'CockroachDB'],
  [/Redshift/i, 'Amazon Redshift'],
  [/Aurora DSQL|dsql/i, 'Amazon Aurora DSQL'],
  [/YugabyteDB|-YB-/i, 'YugabyteDB'],
  [/Materialize/i, 'Materialize'],
]

/**
 * Refuses servers that speak PostgreSQL's protocol and are something else, and versions that are too old, before
 * anything is written.
 *
 * @param text what `version()` says
 * @throws GodwitError GODWIT_UNSUPPORTED_DATABASE
 */
export function refuseVersion(text: string): void {
  for (const [pattern, name] of relatives) {
    if (pattern.test(text)) throw new GodwitError('GODWIT_UNSUPPORTED_DATABASE', { what: name })
  }
  const major = Number(/^(?:PostgreSQL )?(\d+)/.exec(text)?.[1] ?? Number.NaN)
  if (major < OLDEST_MAJOR) throw new GodwitError('GODWIT_UNSUPPORTED_DATABASE', { what: `PostgreSQL ${major}` })
}

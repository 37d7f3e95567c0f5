import { GodwitError } from '../errors.js'

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/**
 * Reads a duration: `500ms`, `90s`, `2m`; a bare number is seconds.
 *
 * @returns milliseconds
 * @throws GodwitError GODWIT_DURATION_INVALID naming where it was written
 */
export function milliseconds(written: string | number, where: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(String(written).trim())
  if (match === null) throw new GodwitError('GODWIT_DURATION_INVALID', { where, written: String(written) })
  return Math.round(Number(match[1]) * (units[match[2] ?? 's'] as number))
}

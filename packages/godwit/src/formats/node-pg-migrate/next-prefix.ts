import { timestamp14 } from '../timestamp.js'
import { numberReader } from './file-order.js'
import type { FilenameFormat } from './section.js'

const numberOf = numberReader(undefined)

/**
 * The number for a new file: as asked for, else as the folder has it, and always behind the last one.
 *
 * @param now its time
 */
export function nextPrefix(fileNames: readonly string[], now: Date, format: FilenameFormat | undefined): string {
  const prefixes = fileNames.flatMap((name) => /^\d+/.exec(name) ?? [])
  const last = prefixes.toSorted((a, b) => (numberOf(a) ?? 0) - (numberOf(b) ?? 0)).at(-1)
  const highest = last === undefined ? 0 : (numberOf(last) ?? 0)
  const wanted = format ?? formatOf(last)
  const time = Math.max(now.getTime(), wanted === 'index' ? 0 : highest + 1)
  if (wanted === 'utc' && isTime(time)) return new Date(time).toISOString().replace(/\D/g, '')
  if (wanted === 'timestamp' && isTime(time)) return String(time)
  // 14 digits, as other tools write a time, are more than any time in milliseconds.
  if (last?.length === 14 && Number(timestamp14(now)) > highest) return timestamp14(now)
  const width = Math.max(...prefixes.map((prefix) => prefix.length), last === undefined ? 4 : 0)
  return (BigInt(last ?? 0) + 1n).toString().padStart(width, '0')
}

function formatOf(last: string | undefined): FilenameFormat {
  if (last?.length === 17) return 'utc'
  return last === undefined || last.length === 13 ? 'timestamp' : 'index'
}

/** Up to the year 2286 a time in milliseconds has 13 digits. */
function isTime(ms: number): boolean {
  return ms < 1e13
}

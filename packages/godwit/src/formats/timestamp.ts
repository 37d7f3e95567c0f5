/** A UTC time as 14 digits: year, month, day, hour, minute, second. */
export function timestamp14(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 14)
}

/**
 * The time of a new migration, as 14 digits: `now`, or the second behind the newest time that a name begins with, so that it
 * sorts last whatever clock the others were made by. Names that begin with no date do not count.
 */
export function freeTimestamp(names: readonly string[], now: Date): string {
  return names.map(secondAfter).reduce((newest, next) => (next > newest ? next : newest), timestamp14(now))
}

function secondAfter(name: string): string {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(name) ?? []
  const [year, month, day, hour, minute, second] = parts
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? '' : timestamp14(new Date(time + 1_000))
}

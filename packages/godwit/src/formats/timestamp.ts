/** A UTC time as 14 digits: year, month, day, hour, minute, second. */
export function timestamp14(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 14)
}

/** The first time from `now` on, as 14 digits, that no name begins with: two migrations made in one second keep their order. */
export function freeTimestamp(names: readonly string[], now: Date): string {
  const time = new Date(now)
  while (names.some((name) => name.startsWith(timestamp14(time)))) time.setUTCSeconds(time.getUTCSeconds() + 1)
  return timestamp14(time)
}

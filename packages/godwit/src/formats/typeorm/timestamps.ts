/**
 * The timestamp in a migration's name: the number in its last 13 characters, as TypeORM's MigrationExecutor takes it.
 * `undefined`: there is none, and TypeORM refuses such a migration.
 */
export function timestampOf(name: string): number | undefined {
  const timestamp = Number.parseInt(name.slice(-13), 10)
  return timestamp || undefined
}

/** `now`, or the millisecond behind the newest timestamp in the names, as long as that has 13 digits. */
export function freeTime(names: readonly string[], now: Date): Date {
  const nexts = names.map((name) => (timestampOf(name) ?? 0) + 1).filter((next) => next < 1e13)
  return new Date(nexts.reduce((newest, next) => Math.max(newest, next), now.getTime()))
}

/**
 * Sorts migrations by timestamp, and those with the same one by `position`, their place in the listing: TypeORM keeps
 * the order in which it found them.
 */
export function sortKeyOf(name: string, position?: number): string {
  const timestamp = String(timestampOf(name) ?? 0).padStart(13, '0')
  return position === undefined ? timestamp : `${timestamp}.${String(position).padStart(6, '0')}`
}

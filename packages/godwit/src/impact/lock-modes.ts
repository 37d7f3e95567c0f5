/** PostgreSQL's table locks, the weakest first, by the names of `pg_locks.mode` without `Lock`. */
export const lockModes = [
  'AccessShare',
  'RowShare',
  'RowExclusive',
  'ShareUpdateExclusive',
  'Share',
  'ShareRowExclusive',
  'Exclusive',
  'AccessExclusive',
] as const

export type LockMode = (typeof lockModes)[number]

/** The stronger of two. Each mode of the list conflicts with all that a weaker one conflicts with, but for Share and ShareUpdateExclusive. */
export function stronger(a: LockMode, b: LockMode): LockMode {
  if (isPair(a, b, 'ShareUpdateExclusive', 'Share')) return 'ShareRowExclusive'
  return lockModes.indexOf(a) >= lockModes.indexOf(b) ? a : b
}

function isPair(a: LockMode, b: LockMode, one: LockMode, other: LockMode): boolean {
  return (a === one && b === other) || (a === other && b === one)
}

/** Whether a SELECT waits for it. */
export function blocksReads(mode: LockMode): boolean {
  return mode === 'AccessExclusive'
}

/** Whether INSERT, UPDATE and DELETE wait for it. */
export function blocksWrites(mode: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf('Share')
}

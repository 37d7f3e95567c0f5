import type { Held, Manifest } from './manifest.js'

/**
 * What a restored database has otherwise than the dump says, a line each. Pure.
 *
 * @param there `objects` absent: there is no catalogue
 */
export function differences(
  said: Pick<Manifest, 'tables' | 'objects'>,
  there: { tables: readonly Held[]; objects?: Readonly<Record<string, string>> },
): string[] {
  return [...objectDifferences(said.objects ?? {}, there.objects ?? {}), ...rowDifferences(said.tables, there.tables)]
}

// The schema public is there ahead of every restore, and its comment is the server's.
function objectDifferences(said: Readonly<Record<string, string>>, there: Readonly<Record<string, string>>): string[] {
  const keys = [...new Set([...Object.keys(said), ...Object.keys(there)])]
    .filter((key) => key !== 'schema public')
    .sort()
  return keys.flatMap((key) => {
    if (there[key] === undefined) return [`${key} is missing`]
    if (said[key] === undefined) return [`${key} is not in the backup`]
    return said[key] === there[key] ? [] : [`${key} is not the same`]
  })
}

function rowDifferences(said: readonly Held[], there: readonly Held[]): string[] {
  const found = new Map(there.map(({ name, rows }) => [name, rows]))
  return said.flatMap(({ name, rows }) => {
    const restored = found.get(name)
    if (restored === undefined) return [`${name} is missing, with ${rows ?? 'all its'} rows`]
    return rows === null || rows === restored ? [] : [`${name} has ${restored} rows instead of ${rows}`]
  })
}

import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'

/** What the order of a seed depends on. */
export interface Orderable {
  name: string
  /** Names of seeds, or of tables and collections, that must be filled before. */
  after: readonly string[]
  /** Where its rows go; absent: its own affair. */
  place?: string | undefined
  /** Places that its rows point to by foreign keys. */
  references: readonly string[]
}

/**
 * Puts seeds in order: behind what they name, then behind what their foreign keys point to, else as they came. What is named
 * beats a foreign key that says the opposite. Pure.
 *
 * @param places names of those that are there, whoever fills them
 * @throws GODWIT_SEED_AFTER for a name that is nothing, GODWIT_SEED_CYCLE with the cycle
 */
export function inOrder<Seed extends Orderable>(
  seeds: readonly Seed[],
  places: ReadonlySet<string> = new Set(),
): Seed[] {
  const named = new Map(seeds.map((seed) => [seed, seed.after.flatMap((name) => named1(seeds, seed, name, places))]))
  const before = new Map<Seed, Seed[]>()
  for (const seed of seeds) {
    const pointed = seeds.filter(
      (other) =>
        other !== seed &&
        other.place !== undefined &&
        other.place !== seed.place &&
        seed.references.includes(other.place),
    )
    const free = pointed.filter((other) => !reaches(named, other, seed))
    before.set(seed, [...(named.get(seed) ?? []), ...free])
  }
  const ordered: Seed[] = []
  const path: Seed[] = []
  const visit = (seed: Seed): void => {
    if (ordered.includes(seed)) return
    const at = path.indexOf(seed)
    if (at >= 0)
      throw new GodwitError('GODWIT_SEED_CYCLE', { cycle: [...path.slice(at), seed].map(({ name }) => name) })
    path.push(seed)
    for (const other of before.get(seed) ?? []) visit(other)
    path.pop()
    ordered.push(seed)
  }
  for (const seed of seeds) visit(seed)
  return ordered
}

function named1<Seed extends Orderable>(
  seeds: readonly Seed[],
  seed: Seed,
  name: string,
  places: ReadonlySet<string>,
): Seed[] {
  const byName = seeds.find((other) => other.name === name)
  if (byName !== undefined) return [byName]
  const filling = seeds.filter((other) => other !== seed && other.place === name)
  if (filling.length > 0) return filling
  // A reference may name a table that only migrations fill.
  if (places.has(name) || seed.references.includes(name) || seed.place === name) return []
  throw new GodwitError('GODWIT_SEED_AFTER', {
    name: seed.name,
    after: name,
    nearest: nearestTo(
      name,
      seeds.map((each) => each.name),
    ),
  })
}

function reaches<Seed>(
  edges: ReadonlyMap<Seed, readonly Seed[]>,
  from: Seed,
  to: Seed,
  seen = new Set<Seed>(),
): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (edges.get(from) ?? []).some((next) => reaches(edges, next, to, seen))
}

import type { RelationFacts } from './facts.js'
import type { Relation } from './schema.js'

/**
 * Finds relations by name, and those that point to another, without a walk through all of them. What a statement has made or
 * changed is looked through each time: of that there is little.
 */
export class Lookup {
  readonly #byName = new Map<string, Relation[]>()
  readonly #pointing = new Map<Relation, Relation[]>()
  readonly #changed = new Set<Relation>()

  /** @param byId the relations of the facts */
  constructor(facts: readonly RelationFacts[], byId: ReadonlyMap<number, Relation>) {
    for (const found of facts) {
      const relation = byId.get(found.id)
      if (relation === undefined) continue
      put(this.#byName, found.name, relation)
      for (const id of pointsTo(found)) {
        const other = byId.get(id)
        if (other !== undefined) put(this.#pointing, other, relation)
      }
    }
  }

  /** A relation is new, has another name or points to others. */
  note(relation: Relation): void {
    this.#changed.add(relation)
  }

  /** Relations among which are all that have that name. */
  *named(name: string): Iterable<Relation> {
    for (const relation of this.#byName.get(name) ?? []) if (!this.#changed.has(relation)) yield relation
    yield* this.#changed
  }

  /** Relations among which are all that inherit from one, are of it, read it or refer to it. */
  *pointingTo(relation: Relation): Iterable<Relation> {
    for (const other of this.#pointing.get(relation) ?? []) if (!this.#changed.has(other)) yield other
    yield* this.#changed
  }
}

function* pointsTo({ parents, index, owner, reads, constraints }: RelationFacts): Iterable<number> {
  yield* parents
  if (index !== undefined) yield index.table
  if (owner !== undefined) yield owner.table
  for (const { from } of reads) yield from
  for (const { references } of constraints) if (references) yield references.table
}

function put<Key>(map: Map<Key, Relation[]>, key: Key, relation: Relation): void {
  const found = map.get(key)
  if (found === undefined) map.set(key, [relation])
  else if (!found.includes(relation)) found.push(relation)
}

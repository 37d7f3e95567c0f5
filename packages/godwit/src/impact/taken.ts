import type { NodeKind, NodeOf } from '../sql/parser.js'
import type { RelationKind } from './facts.js'
import { type LockMode, stronger } from './lock-modes.js'
import type { Relation, Schema } from './schema.js'

const shown = new Set<RelationKind>(['table', 'partitioned', 'view', 'materialized', 'foreign'])

/** The locks that one statement takes, the strongest on each relation. Indexes and sequences are not among them: nobody waits for those alone. */
export class Taken {
  readonly #schema: Schema
  readonly #modes = new Map<Relation, LockMode>()

  constructor(schema: Schema) {
    this.#schema = schema
  }

  take(relation: Relation | undefined, mode: LockMode): void {
    if (relation === undefined || !shown.has(relation.kind)) return
    const before = this.#modes.get(relation)
    this.#modes.set(relation, before === undefined ? mode : stronger(before, mode))
  }

  /** With all that inherit from it. */
  takeWithHeirs(relation: Relation | undefined, mode: LockMode): void {
    if (relation === undefined) return
    for (const each of this.#schema.withHeirs(relation)) this.take(each, mode)
  }

  /** In the order they are taken. */
  get all(): { relation: Relation; mode: LockMode }[] {
    return [...this.#modes].map(([relation, mode]) => ({ relation, mode }))
  }
}

/** What a kind of statement takes. */
export type Takers = { [Kind in NodeKind]?: (taken: Taken, schema: Schema, statement: NodeOf<Kind>) => void }

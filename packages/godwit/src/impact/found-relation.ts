import type { RelationFacts } from './facts.js'
import type { Column, Constraint, Relation } from './schema.js'

/** A relation that is in the database. Its parts are made when they are asked for: of thousands of tables a run changes few. */
export class FoundRelation implements Relation {
  schema: string
  name: string
  readonly kind: Relation['kind']
  rows: number | null
  bytes: number
  indexBytes: number
  partition: boolean
  readonly isDefault: boolean
  triggers: boolean
  readonly now: { schema: string; name: string }
  touched = false
  readonly #found: RelationFacts
  readonly #byId: ReadonlyMap<number, Relation>
  #columns: Map<string, Column> | undefined
  #constraints: Map<string, Constraint> | undefined
  #parents: Relation[] | undefined
  #index: Relation['index'] | undefined

  /** @param byId all relations; it may be filled later */
  constructor(found: RelationFacts, byId: ReadonlyMap<number, Relation>) {
    this.#found = found
    this.#byId = byId
    const { schema, name } = found
    this.schema = schema
    this.name = name
    this.now = { schema, name }
    this.kind = found.kind
    this.rows = found.rows
    this.bytes = found.bytes
    this.indexBytes = found.indexBytes
    this.partition = found.partition
    this.isDefault = found.isDefault
    this.triggers = found.triggers
  }

  get columns(): Map<string, Column> {
    this.#columns ??= new Map(this.#found.columns.map((column) => [column.name, { ...column, now: column.name }]))
    return this.#columns
  }

  get constraints(): Map<string, Constraint> {
    this.#constraints ??= new Map(this.#found.constraints.map((found) => [found.name, this.#constraint(found)]))
    return this.#constraints
  }

  get parents(): Relation[] {
    this.#parents ??= this.#all(this.#found.parents)
    return this.#parents
  }

  set parents(parents: Relation[]) {
    this.#parents = parents
  }

  get reads(): Relation['reads'] {
    return this.#found.reads.flatMap(({ from, columns }) =>
      this.#all([from]).map((of) => ({ from: of, columns: [...columns] })),
    )
  }

  get index(): NonNullable<Relation['index']> | undefined {
    const { index } = this.#found
    const table = index === undefined ? undefined : this.#byId.get(index.table)
    if (index !== undefined && table !== undefined) this.#index ??= { ...index, table }
    return this.#index
  }

  get owner(): NonNullable<Relation['owner']> | undefined {
    const { owner } = this.#found
    const table = owner === undefined ? undefined : this.#byId.get(owner.table)
    return owner === undefined || table === undefined ? undefined : { table, column: owner.column }
  }

  #constraint({ references, index, ...constraint }: RelationFacts['constraints'][number]): Constraint {
    const table = references ? this.#byId.get(references.table) : undefined
    return {
      ...constraint,
      columns: [...constraint.columns],
      ...(references && table !== undefined ? { references: { ...references, table } } : {}),
      ...(index ? { index: this.#byId.get(index)?.name ?? '' } : {}),
    }
  }

  #all(ids: readonly number[]): Relation[] {
    return ids.flatMap((id) => this.#byId.get(id) ?? [])
  }
}

import type { Node, RangeVar } from 'libpg-query'
import type { ColumnFacts, ConstraintFacts, IndexFacts, RelationKind, SchemaFacts, TypeFacts } from './facts.js'
import { FoundRelation } from './found-relation.js'
import { Lookup } from './lookup.js'

/** A column as the statements so far have made it. */
export interface Column extends Omit<ColumnFacts, 'typeId'> {
  typeId: number | null
  /** Its name in the database now; `undefined`: it is not there yet, or its values are made anew. */
  now: string | undefined
  /** What is in a column that is not there now: an expression in columns that are; absent: nobody knows. */
  value?: Node | undefined
  /** A statement so far has added it, and no row has a value in it. */
  empty?: true
}

/** A constraint as the statements so far have made it. */
export interface Constraint extends Omit<ConstraintFacts, 'references' | 'index' | 'columns'> {
  columns: string[]
  references?: Omit<NonNullable<ConstraintFacts['references']>, 'table'> & { table: Relation }
  /** The name of the index that keeps it. */
  index?: string
  /** Of a check that a statement so far has added: in the columns of now. */
  expression?: Node
}

/** A table, an index or a view as the statements so far have made it. */
export interface Relation {
  schema: string
  name: string
  kind: RelationKind
  /** `null`: never analysed. */
  rows: number | null
  bytes: number
  indexBytes: number
  columns: Map<string, Column>
  constraints: Map<string, Constraint>
  index?: (Omit<IndexFacts, 'table'> & { table: Relation }) | undefined
  parents: Relation[]
  partition: boolean
  isDefault: boolean
  reads: { from: Relation; columns: string[] }[]
  /** Its name in the database now; `undefined`: it is not there yet. */
  now: { schema: string; name: string } | undefined
  /** A statement so far has changed its rows: what holds of them will be known only then. */
  touched: boolean
  /** A statement so far has thrown its rows away. */
  empty?: true
  /** A trigger or a rule does something else when its rows are changed. */
  triggers: boolean
  /** Which columns and constraints it has is not followed. */
  vague?: true
  /** Of a sequence: the column it goes with. */
  owner?: { table: Relation; column: string } | undefined
}

/** The schema of a database as the statements of a run change it, one after the other. */
export class Schema {
  readonly major: number
  readonly utc: boolean
  readonly #lookup: Lookup
  readonly #pathBefore: string[]
  #pathBehind: string[] | undefined
  searchPath: string[]
  /** To take one in there is {@link Schema.add}. */
  readonly relations: Set<Relation>
  /** `changed`: a statement so far has changed which values it takes, or its name. */
  readonly types: (TypeFacts & { changed?: true })[]
  readonly volatile: Set<string>
  /** Names of functions that statements so far have made or made anew. */
  readonly functionsMade = new Set<string>()
  /** `false`: a statement so far may have made or changed what is not foreseen. */
  certain = true
  /** A statement so far has given or taken rights. */
  rightsChanged = false
  readonly statistics: { schema: string; name: string; table: Relation }[]

  constructor(facts: SchemaFacts) {
    this.major = facts.major
    this.utc = facts.utc
    this.#pathBefore = [...facts.searchPath]
    this.searchPath = [...facts.searchPath]
    this.types = [...facts.types]
    this.volatile = new Set(facts.volatile)
    const byId = new Map<number, Relation>()
    for (const found of facts.relations) byId.set(found.id, new FoundRelation(found, byId))
    this.relations = new Set(byId.values())
    this.#lookup = new Lookup(facts.relations, byId)
    this.statistics = facts.statistics.flatMap(({ table, ...rest }) => {
      const of = byId.get(table)
      return of === undefined ? [] : [{ ...rest, table: of }]
    })
  }

  /** Takes a relation in. */
  add(relation: Relation): void {
    this.relations.add(relation)
    this.#lookup.note(relation)
  }

  /** To be said of every relation that gets another name, or begins to point to others. */
  note(relation: Relation): void {
    this.#lookup.note(relation)
  }

  /** The relation that a name means, as the server would look for it. */
  find(name: Pick<RangeVar, 'schemaname' | 'relname'> | undefined): Relation | undefined {
    if (name?.relname === undefined) return undefined
    const named = [...this.#lookup.named(name.relname)].filter(
      (relation) => relation.name === name.relname && this.relations.has(relation),
    )
    const schemas = name.schemaname === undefined ? this.searchPath : [name.schemaname]
    return schemas.map((schema) => named.find((relation) => relation.schema === schema)).find(Boolean)
  }

  /** As {@link Schema.find}, of the parts of a dotted name. */
  findParts(parts: readonly string[]): Relation | undefined {
    const [relname, schemaname] = parts.toReversed()
    return this.find({
      ...(schemaname === undefined ? {} : { schemaname }),
      ...(relname === undefined ? {} : { relname }),
    })
  }

  /** The schema in which a new thing is made. */
  schemaFor(name: Pick<RangeVar, 'schemaname'> | undefined): string {
    return name?.schemaname ?? this.searchPath[0] ?? 'public'
  }

  /** The type of people's own that a written name means. */
  findType(parts: readonly string[]): Schema['types'][number] | undefined {
    const [name, schema] = parts.toReversed()
    const schemas = schema === undefined ? this.searchPath : [schema]
    return schemas.map((in_) => this.types.find((type) => type.name === name && type.schema === in_)).find(Boolean)
  }

  childrenOf(relation: Relation): Relation[] {
    return this.#pointingTo(relation).filter(({ parents }) => parents.includes(relation))
  }

  /** A table with all that inherit from it or are its partitions. */
  withHeirs(relation: Relation): Relation[] {
    return [relation, ...this.childrenOf(relation).flatMap((child) => this.withHeirs(child))]
  }

  indexesOf(table: Relation): Relation[] {
    return this.#pointingTo(table).filter(({ index }) => index?.table === table)
  }

  /** Sequences that go with a table, or with one column of it. */
  sequencesOf(table: Relation, column?: string): Relation[] {
    return this.#pointingTo(table).filter(
      ({ owner }) => owner?.table === table && (column === undefined || owner.column === column),
    )
  }

  /** @param local until the transaction ends */
  setSearchPath(path: readonly string[], local: boolean): void {
    if (local) this.#pathBehind ??= this.searchPath
    // The role's own schema is hardly ever there.
    this.searchPath = path.filter((name) => name !== '$user')
  }

  resetSearchPath(): void {
    this.searchPath = this.#pathBefore
    this.#pathBehind = undefined
  }

  endTransaction(): void {
    this.searchPath = this.#pathBehind ?? this.searchPath
    this.#pathBehind = undefined
  }

  /** Foreign keys that refer to a table, each with the table it is of. */
  referencesTo(table: Relation): { from: Relation; constraint: Constraint }[] {
    const found: { from: Relation; constraint: Constraint }[] = []
    for (const from of this.#pointingTo(table))
      for (const constraint of from.constraints.values())
        if (constraint.references?.table === table) found.push({ from, constraint })
    return found
  }

  /**
   * Views that read a relation, directly or through others.
   *
   * @param column that read this column of it
   */
  viewsOf(relation: Relation, column?: string): Relation[] {
    const direct = this.#pointingTo(relation).filter(({ reads }) =>
      reads.some(({ from, columns }) => from === relation && (column === undefined || columns.includes(column))),
    )
    return [...new Set(direct.flatMap((view) => [view, ...this.viewsOf(view)]))]
  }

  #pointingTo(relation: Relation): Relation[] {
    return [...this.#lookup.pointingTo(relation)].filter((other) => this.relations.has(other))
  }
}

/** A relation that a statement makes. */
export function newRelation(kind: RelationKind, schema: string, name: string): Relation {
  return {
    schema,
    name,
    kind,
    rows: 0,
    bytes: 0,
    indexBytes: 0,
    columns: new Map(),
    constraints: new Map(),
    parents: [],
    partition: false,
    isDefault: false,
    reads: [],
    now: undefined,
    touched: false,
    triggers: false,
  }
}

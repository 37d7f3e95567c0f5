import type { Node, RangeVar } from 'libpg-query'
import type { ColumnFacts, ConstraintFacts, IndexFacts, RelationKind, SchemaFacts, TypeFacts } from './facts.js'

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
  index?: Omit<IndexFacts, 'table'> & { table: Relation }
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
  owner?: { table: Relation; column: string }
}

/** The schema of a database as the statements of a run change it, one after the other. */
export class Schema {
  readonly major: number
  readonly utc: boolean
  readonly #pathBefore: string[]
  #pathBehind: string[] | undefined
  searchPath: string[]
  readonly relations = new Set<Relation>()
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
    const byId = new Map(facts.relations.map((found) => [found.id, madeOf(found)]))
    const all = (ids: readonly number[]): Relation[] => ids.flatMap((id) => byId.get(id) ?? [])
    for (const found of facts.relations) {
      const relation = byId.get(found.id) as Relation
      this.relations.add(relation)
      relation.parents = all(found.parents)
      relation.reads = found.reads.flatMap(({ from, columns }) =>
        all([from]).map((of) => ({ from: of, columns: [...columns] })),
      )
      const [on] = found.index === undefined ? [] : all([found.index.table])
      if (found.index !== undefined && on !== undefined) relation.index = { ...found.index, table: on }
      const [owner] = found.owner === undefined ? [] : all([found.owner.table])
      if (found.owner !== undefined && owner !== undefined)
        relation.owner = { table: owner, column: found.owner.column }
      for (const { references, index, ...constraint } of found.constraints) {
        const [table] = references ? all([references.table]) : []
        relation.constraints.set(constraint.name, {
          ...constraint,
          columns: [...constraint.columns],
          ...(references && table !== undefined ? { references: { ...references, table } } : {}),
          ...(index ? { index: byId.get(index)?.name ?? '' } : {}),
        })
      }
    }
    this.statistics = facts.statistics.flatMap(({ table, ...rest }) =>
      all([table]).map((of) => ({ ...rest, table: of })),
    )
  }

  /** The relation that a name means, as the server would look for it. */
  find(name: Pick<RangeVar, 'schemaname' | 'relname'> | undefined): Relation | undefined {
    if (name?.relname === undefined) return undefined
    const schemas = name.schemaname === undefined ? this.searchPath : [name.schemaname]
    for (const schema of schemas)
      for (const relation of this.relations)
        if (relation.name === name.relname && relation.schema === schema) return relation
    return undefined
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
    return [...this.relations].filter(({ parents }) => parents.includes(relation))
  }

  /** A table with all that inherit from it or are its partitions. */
  withHeirs(relation: Relation): Relation[] {
    return [relation, ...this.childrenOf(relation).flatMap((child) => this.withHeirs(child))]
  }

  indexesOf(table: Relation): Relation[] {
    return [...this.relations].filter(({ index }) => index?.table === table)
  }

  /** Sequences that go with a table, or with one column of it. */
  sequencesOf(table: Relation, column?: string): Relation[] {
    return [...this.relations].filter(
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
    for (const from of this.relations)
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
    const direct = [...this.relations].filter(({ reads }) =>
      reads.some(({ from, columns }) => from === relation && (column === undefined || columns.includes(column))),
    )
    return [...new Set(direct.flatMap((view) => [view, ...this.viewsOf(view)]))]
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

function madeOf(found: SchemaFacts['relations'][number]): Relation {
  const { schema, name, kind, rows, bytes, indexBytes, partition, isDefault, triggers } = found
  return {
    ...newRelation(kind, schema, name),
    rows,
    bytes,
    indexBytes,
    partition,
    isDefault,
    triggers,
    now: { schema, name },
    columns: new Map(found.columns.map((column) => [column.name, { ...column, now: column.name }])),
  }
}

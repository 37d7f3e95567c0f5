import type { Node, RangeVar } from 'libpg-query'
import type { ColumnFacts, ConstraintFacts, IndexFacts, RelationKind, SchemaFacts, TypeFacts } from './facts.js'

/** A column as the statements so far have made it. */
export interface Column extends Omit<ColumnFacts, 'typeId'> {
  typeId: number | null
  /** Its name in the database now; `undefined`: it is not there yet, or its values are made anew. */
  now: string | undefined
  /** A statement so far has added it. */
  added?: true
}

/** A constraint as the statements so far have made it. */
export interface Constraint extends Omit<ConstraintFacts, 'references' | 'index' | 'columns'> {
  columns: string[]
  references?: Omit<NonNullable<ConstraintFacts['references']>, 'table'> & { table: Relation }
  /** The name of the index that keeps it. */
  index?: string
  /** Of a check that a statement so far has added. */
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
}

/** The schema of a database as the statements of a run change it, one after the other. */
export class Schema {
  readonly major: number
  readonly utc: boolean
  searchPath: string[]
  readonly relations = new Set<Relation>()
  readonly types: TypeFacts[]
  readonly volatile: ReadonlySet<string>
  /** `false`: a statement so far may have made or changed what is not foreseen. */
  certain = true
  readonly statistics: { schema: string; name: string; table: Relation }[]

  constructor(facts: SchemaFacts) {
    this.major = facts.major
    this.utc = facts.utc
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
  findType(parts: readonly string[]): TypeFacts | undefined {
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
  }
}

function madeOf(found: SchemaFacts['relations'][number]): Relation {
  const { schema, name, kind, rows, bytes, indexBytes, partition, isDefault } = found
  return {
    ...newRelation(kind, schema, name),
    rows,
    bytes,
    indexBytes,
    partition,
    isDefault,
    now: { schema, name },
    columns: new Map(found.columns.map((column) => [column.name, { ...column, now: column.name }])),
  }
}

import type pg from 'pg'
import { PEOPLES } from '../../../catalog/queries.js'
import type { ColumnFacts, ConstraintFacts, IndexFacts, RelationFacts, SchemaFacts } from '../../../impact/facts.js'
import { literal } from '../../../sql/quote.js'
import { factQueries, near } from './queries.js'

type OfRelation = { id: number; found: unknown[] }

/**
 * Reads what the impact of statements depends on: all relations in people's schemas, in one message. Waits for no lock
 * on any of them, and reads no row of theirs.
 *
 * @param searchPath what every migration begins with; default the session's
 * @param names of relations whose sizes and texts are to be exact; default all
 */
export async function readFacts(
  client: pg.Client,
  searchPath?: readonly string[],
  names?: readonly string[],
): Promise<SchemaFacts> {
  const asked =
    names === undefined ? 'SELECT c.oid FROM pg_class c' : near(`ARRAY[${names.map(literal).join(', ')}]::text[]`)
  const text = Object.values(factQueries)
    .join(';\n')
    .replaceAll('/* peoples */', () => PEOPLES)
    .replaceAll('/* near */', () => asked)
  const results = (await client.query(text)) as unknown as pg.QueryResult[]
  const [relations, columns, constraints, indexes, parents, owners, reads, types, statistics, volatile, settings] =
    results.map(({ rows }) => rows) as unknown[][]
  const [setting] = settings as { major: number; search_path: string[]; utc: boolean }[]
  const byRelation = (rows: unknown): Map<number, unknown[]> =>
    new Map((rows as OfRelation[]).map(({ id, found }) => [id, found]))
  const numbered = byRelation(columns) as Map<number, NumberedColumn[]>
  const kept = byRelation(constraints) as Map<number, NumberedConstraint[]>
  const parts = { parents: byRelation(parents), reads: byRelation(reads) }
  const index = byRelation(indexes) as Map<number, [NumberedIndex]>
  const owner = byRelation(owners)
  const columnNames = new ColumnNames(numbered)
  return {
    major: setting?.major ?? 0,
    searchPath: searchPath ?? setting?.search_path ?? [],
    utc: setting?.utc ?? false,
    relations: (relations as { id: number }[]).map((relation) => {
      const [of] = index.get(relation.id) ?? []
      return {
        ...relation,
        columns: numbered.get(relation.id) ?? [],
        constraints: (kept.get(relation.id) ?? []).map((each) => named(each, relation.id, columnNames)),
        ...Object.fromEntries(Object.entries(parts).map(([name, found]) => [name, found.get(relation.id) ?? []])),
        ...(of === undefined ? {} : { index: { ...of, columns: columnNames.of(of.table, of.columns) } }),
        ...(owner.has(relation.id) ? { owner: owner.get(relation.id)?.[0] } : {}),
      }
    }) as unknown as RelationFacts[],
    types: types as SchemaFacts['types'] & unknown[],
    statistics: statistics as SchemaFacts['statistics'] & unknown[],
    volatile: (volatile as { name: string }[]).map(({ name }) => name),
  }
}

type NumberedColumn = ColumnFacts & { number: number }
type NumberedIndex = Omit<IndexFacts, 'columns'> & { columns: number[] }
type NumberedConstraint = Omit<ConstraintFacts, 'columns' | 'references'> & {
  columns: number[]
  references: (Omit<NonNullable<ConstraintFacts['references']>, 'columns'> & { columns: number[] }) | null
}

function named({ columns, references, ...rest }: NumberedConstraint, table: number, names: ColumnNames): unknown {
  return {
    ...rest,
    columns: names.of(table, columns),
    references: references && { ...references, columns: names.of(references.table, references.columns) },
  }
}

// The catalogue numbers columns; to have the server look each name up takes longer than all the rest.
class ColumnNames {
  readonly #columns: ReadonlyMap<number, readonly NumberedColumn[]>
  readonly #names = new Map<number, Map<number, string>>()

  constructor(columns: ReadonlyMap<number, readonly NumberedColumn[]>) {
    this.#columns = columns
  }

  /** `null` for an expression. */
  of(table: number, numbers: readonly number[]): (string | null)[] {
    let names = this.#names.get(table)
    if (names === undefined) {
      names = new Map((this.#columns.get(table) ?? []).map(({ number, name }) => [number, name]))
      this.#names.set(table, names)
    }
    return numbers.map((number) => names.get(number) ?? null)
  }
}

import type pg from 'pg'
import { PEOPLES } from '../../../catalog/queries.js'
import type { RelationFacts, SchemaFacts } from '../../../impact/facts.js'
import { factQueries } from './queries.js'

type OfRelation = { id: number; found: unknown[] }

/**
 * Reads what the impact of statements depends on: all relations in people's schemas, in one message. Waits for no lock
 * on any of them, and reads no row of theirs.
 *
 * @param searchPath what every migration begins with; default the session's
 */
export async function readFacts(client: pg.Client, searchPath?: readonly string[]): Promise<SchemaFacts> {
  const text = Object.values(factQueries).join(';\n').replaceAll('/* peoples */', PEOPLES)
  const results = (await client.query(text)) as unknown as pg.QueryResult[]
  const [relations, columns, constraints, indexes, parents, owners, reads, types, statistics, volatile, settings] =
    results.map(({ rows }) => rows) as unknown[][]
  const [setting] = settings as { major: number; search_path: string[]; utc: boolean }[]
  const byRelation = (rows: unknown): Map<number, unknown[]> =>
    new Map((rows as OfRelation[]).map(({ id, found }) => [id, found]))
  const parts = {
    columns: byRelation(columns),
    constraints: byRelation(constraints),
    parents: byRelation(parents),
    reads: byRelation(reads),
  }
  const index = byRelation(indexes)
  const owner = byRelation(owners)
  return {
    major: setting?.major ?? 0,
    searchPath: searchPath ?? setting?.search_path ?? [],
    utc: setting?.utc ?? false,
    relations: (relations as { id: number }[]).map((relation) => ({
      ...relation,
      ...Object.fromEntries(Object.entries(parts).map(([name, of]) => [name, of.get(relation.id) ?? []])),
      ...(index.has(relation.id) ? { index: index.get(relation.id)?.[0] } : {}),
      ...(owner.has(relation.id) ? { owner: owner.get(relation.id)?.[0] } : {}),
    })) as unknown as RelationFacts[],
    types: types as SchemaFacts['types'] & unknown[],
    statistics: statistics as SchemaFacts['statistics'] & unknown[],
    volatile: (volatile as { name: string }[]).map(({ name }) => name),
  }
}

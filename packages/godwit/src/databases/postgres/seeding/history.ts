import { hostname } from 'node:os'
import { ident, literal } from '../../../sql/quote.js'
import { userName } from '../../lease/owner.js'
import type { SeedCounts, SeedEntry, SeedIdentity } from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'

/** What a record of a seed says. */
export interface SeedRecord extends Partial<SeedCounts> {
  outcome: SeedEntry['outcome']
  deleted?: number
  /** When it began, as SQL. */
  startedAt: string
}

/** Writes one entry of the history. */
export function recordSeed(
  { journal, run }: WorkingSession,
  { name, hash, environment }: Omit<SeedIdentity, 'kind'>,
  { outcome, startedAt, ...counts }: SeedRecord,
): string {
  const { inserted = 0, updated = 0, unchanged = 0, kept = 0, deleted = 0 } = counts
  const texts = [journal.history, name, hash, environment, outcome].map(literal)
  return `INSERT INTO ${ident(journal.schema)}.seed (run, history, name, hash, environment, outcome, inserted, updated, unchanged, kept, deleted, by, host, started_at)
VALUES (${[run ?? 'NULL', ...texts, inserted, updated, unchanged, kept, deleted, literal(userName()), literal(hostname()), startedAt].join(', ')})`
}

/** Runs that were recorded, the newest first; none where nothing was ever recorded. */
export async function readHistory({ client, journal }: WorkingSession): Promise<SeedEntry[]> {
  if (!(await hasRecords({ client, journal }))) return []
  const { rows } = await client.query(
    `SELECT name, hash, environment, outcome, inserted, updated, unchanged, kept, deleted, finished_at AS at, by || '@' || host AS by
     FROM ${ident(journal.schema)}.seed WHERE history = $1 ORDER BY id DESC`,
    [journal.history],
  )
  return rows.map((row) => ({
    ...row,
    inserted: Number(row.inserted),
    updated: Number(row.updated),
    unchanged: Number(row.unchanged),
    kept: Number(row.kept),
    deleted: Number(row.deleted),
  }))
}

/** Whether there are tables of records. */
export async function hasRecords({ client, journal }: Pick<WorkingSession, 'client' | 'journal'>): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname IN ('seed', 'seed_row')`,
    [journal.schema],
  )
  return rows.length === 2
}

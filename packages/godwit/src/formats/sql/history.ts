import { ident, literal } from '../../sql/quote.js'
import type { HistoryTable, StepRecord } from '../contract.js'
import type { SqlSection } from './section.js'

/** The history of plain SQL: one row a migration, gone when it is undone. `FORMATS.md` describes it. */
export function sqlHistory(section: SqlSection | undefined): HistoryTable {
  return {
    kind: 'table',
    schema: section?.schema ?? null,
    name: section?.table ?? 'godwit_migrations',
    create: (table) =>
      `CREATE TABLE IF NOT EXISTS ${table} (` +
      'name text PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    read: (table) =>
      `SELECT name, applied_at, 'applied' AS outcome, hash AS checksum FROM ${table} ` +
      'ORDER BY applied_at, name COLLATE "C"',
    recordUp: (table, step) => insert(table, step),
    recordDown: remove,
    acceptContent: (table, step) =>
      `UPDATE ${table} SET hash = ${literal(step.file?.checksum ?? '')} WHERE name = ${literal(step.name)}`,
    resolveApplied: (table, step) => `${insert(table, step)} ON CONFLICT (name) DO UPDATE SET hash = EXCLUDED.hash`,
    resolveRolledBack: remove,
  }
}

// The time of the insert, not of the transaction's start: several steps may share one transaction.
function insert(table: string, step: StepRecord): string {
  const values = [literal(step.name), literal(step.file?.checksum ?? ''), 'clock_timestamp()']
  return `INSERT INTO ${table} (${['name', 'hash', 'applied_at'].map(ident).join(', ')}) VALUES (${values.join(', ')})`
}

function remove(table: string, step: StepRecord): string {
  return `DELETE FROM ${table} WHERE name = ${literal(step.name)}`
}

import { literal } from '../../sql/quote.js'
import type { HistoryTable, StepRecord } from '../contract.js'
import type { Settings } from './settings.js'

/** node-pg-migrate's table: a row a migration in the order of application, gone when it is undone. */
export function pgmigrations(settings: Settings): HistoryTable {
  return {
    kind: 'table',
    schema: settings.migrationsSchema,
    name: settings.migrationsTable,
    createSchema: settings.createsMigrationsSchema,
    create: (table) =>
      `CREATE TABLE IF NOT EXISTS ${table} (` +
      'id serial PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)',
    // Names are not unique in this table: two runners without the lock may have left one twice. The last row counts.
    read: (table) =>
      "SELECT name::text AS name, max(run_on)::timestamptz AS applied_at, 'applied' AS outcome, NULL::text AS checksum " +
      `FROM ${table} GROUP BY name ORDER BY max(run_on), max(id)`,
    recordUp: insert,
    recordDown: remove,
    // An edited migration that is accepted as it is has its row already.
    resolveApplied: (table, step) =>
      `INSERT INTO ${table} (name, run_on) SELECT ${literal(step.name)}, now() ` +
      `WHERE NOT EXISTS (SELECT FROM ${table} WHERE name = ${literal(step.name)})`,
    resolveRolledBack: remove,
  }
}

function insert(table: string, step: StepRecord): string {
  return `INSERT INTO ${table} (name, run_on) VALUES (${literal(step.name)}, now())`
}

function remove(table: string, step: StepRecord): string {
  return `DELETE FROM ${table} WHERE name = ${literal(step.name)}`
}

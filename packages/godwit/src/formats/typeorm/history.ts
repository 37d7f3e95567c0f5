import { createHash } from 'node:crypto'
import { GodwitError } from '../../errors.js'
import { literal } from '../../sql/quote.js'
import type { HistoryTable } from '../contract.js'
import { timestampOf } from './timestamps.js'

/** Where the history is, and what its primary key is called. */
export interface HistoryPlace {
  schema: string | null
  name: string
  /** Asked when the table is made: by then the DataSource, whose naming strategy decides it, is there. */
  primaryKey: () => string
}

/** TypeORM's table `migrations`, row for row as its MigrationExecutor keeps it. */
export function historyTable({ schema, name, primaryKey }: HistoryPlace): HistoryTable {
  return {
    kind: 'table',
    schema,
    name,
    create: (table) =>
      `CREATE TABLE ${table} ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, ` +
      `CONSTRAINT "${primaryKey().replaceAll('"', '""')}" PRIMARY KEY ("id"))`,
    read: (table) =>
      `SELECT "name"::text AS name, NULL::timestamptz AS applied_at, 'applied'::text AS outcome, NULL::text AS checksum ` +
      `FROM ${table} ORDER BY "id"`,
    recordUp: (table, { name }) =>
      `INSERT INTO ${table} ("timestamp", "name") VALUES (${timestampFor(name)}, ${literal(name)})`,
    recordDown: (table, { name }) => `DELETE FROM ${table} WHERE "name" = ${literal(name)}`,
    resolveApplied: (table, { name }) =>
      `INSERT INTO ${table} ("timestamp", "name") SELECT ${timestampFor(name)}, ${literal(name)} ` +
      `WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE "name" = ${literal(name)})`,
    resolveRolledBack: (table, { name }) => `DELETE FROM ${table} WHERE "name" = ${literal(name)}`,
  }
}

/** The name that TypeORM's default naming strategy gives the history's primary key. */
export function defaultPrimaryKey(table: string): string {
  const hash = createHash('sha1')
    .update(`${table.replace('.', '_')}_id`)
    .digest('hex')
  return `PK_${hash.slice(0, 27)}`
}

function timestampFor(name: string): number {
  const timestamp = timestampOf(name)
  if (timestamp === undefined) throw new GodwitError('GODWIT_TYPEORM_NO_TIMESTAMP', { className: name })
  return timestamp
}

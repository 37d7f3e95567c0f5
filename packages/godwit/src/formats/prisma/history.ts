import { randomUUID } from 'node:crypto'
import { literal } from '../../sql/quote.js'
import type { HistoryTable, StepRecord } from '../contract.js'

/**
 * Prisma's `_prisma_migrations`, written as Prisma's schema engine 5 to 7 writes it. Every method makes one statement.
 *
 * It stands in the first schema of the search_path, which {@link prismaUrl} sets from the URL's `schema` (rule 29).
 */
export function prismaHistory(): HistoryTable {
  // Rows that this process began: such a row is settled in place, as Prisma does. It is known until the step is undone or has
  // failed: what records the step may be composed and not come to pass.
  const begun = new Map<string, string>()
  return {
    kind: 'table',
    schema: null,
    name: '_prisma_migrations',
    create: createTable,
    read: readRows,
    recordStart(table, step) {
      const id = randomUUID()
      begun.set(step.name, id)
      const row = { id, checksum: checksumOf(step), started_at: step.startedAt, migration_name: step.name }
      return `WITH former AS (${rollBackUnfinished(table, step.name)}) ${insertRow(table, row)}`
    },
    recordUp(table, step) {
      return settle(
        table,
        begun.get(step.name),
        'applied_steps_count = 1, finished_at = clock_timestamp()',
        finishedRow(step),
        step.unfinished,
      )
    },
    recordFailure(table, step, log) {
      const id = begun.get(step.name)
      begun.delete(step.name)
      const row = { checksum: checksumOf(step), logs: log, started_at: step.startedAt, migration_name: step.name }
      return settle(table, id, `logs = ${literal(log)}`, { id: randomUUID(), ...row })
    },
    recordDown(table, step) {
      begun.delete(step.name)
      return rollBackAll(table, step)
    },
    acceptContent,
    resolveApplied: markApplied,
    resolveRolledBack: rollBackAll,
  }
}

interface Row {
  id: string
  checksum: string
  /** SQL expression. */
  started_at: string
  /** SQL expression. */
  finished_at?: string
  migration_name: string
  logs?: string
  applied_steps_count?: number
}

function createTable(table: string): string {
  return `CREATE TABLE ${table} (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`
}

// A name has one row for each time it was tried; one that is neither finished nor settled weighs most, as in Prisma.
function readRows(table: string): string {
  return `SELECT name, applied_at, outcome, checksum FROM (
  SELECT DISTINCT ON (migration_name)
    migration_name::text AS name, coalesce(finished_at, started_at) AS applied_at, checksum::text AS checksum, started_at,
    CASE WHEN finished_at IS NULL THEN 'failed' ELSE 'applied' END AS outcome
  FROM ${table} WHERE rolled_back_at IS NULL
  ORDER BY migration_name, finished_at IS NOT NULL, started_at DESC
) AS latest ORDER BY started_at, applied_at, name COLLATE "C"`
}

function finishedRow(step: StepRecord): Row {
  return {
    id: randomUUID(),
    checksum: checksumOf(step),
    started_at: step.startedAt,
    finished_at: 'clock_timestamp()',
    migration_name: step.name,
    applied_steps_count: 1,
  }
}

/** As `prisma migrate resolve --applied`: what failed before counts as rolled back, and a row without steps is written. */
function markApplied(table: string, step: StepRecord): string {
  const now = 'transaction_timestamp()'
  const row = { checksum: checksumOf(step), started_at: now, finished_at: now, logs: '' }
  const insert = insertRow(table, { id: randomUUID(), migration_name: step.name, ...row })
  return `WITH former AS (${rollBackUnfinished(table, step.name)}) ${insert}`
}

/** Takes the file's checksum as the right one (rule 24), which Prisma itself cannot. */
function acceptContent(table: string, step: StepRecord): string {
  return (
    `UPDATE ${table} SET checksum = ${literal(checksumOf(step))} ` +
    `WHERE migration_name = ${literal(step.name)} AND finished_at IS NOT NULL AND rolled_back_at IS NULL`
  )
}

/**
 * Settles the row that was begun, or writes one where none was or it is settled already.
 *
 * @param unfinished there may be a row of a former attempt; to look for it, the server reads the whole table
 */
function settle(table: string, begun: string | undefined, set: string, row: Row, unfinished = true): string {
  const former = rollBackUnfinished(table, row.migration_name)
  if (begun === undefined)
    return unfinished ? `WITH former AS (${former}) ${insertRow(table, row)}` : insertRow(table, row)
  const open = `id = ${literal(begun)} AND finished_at IS NULL AND rolled_back_at IS NULL`
  return (
    `WITH settled AS (UPDATE ${table} SET ${set} WHERE ${open} RETURNING id), ` +
    `former AS (${former} AND id <> ${literal(begun)}) ${insertRow(table, row, 'NOT EXISTS (SELECT FROM settled)')}`
  )
}

function insertRow(table: string, row: Row, when?: string): string {
  const fields: Record<string, string | undefined> = {
    id: literal(row.id),
    checksum: literal(row.checksum),
    started_at: row.started_at,
    finished_at: row.finished_at,
    migration_name: literal(row.migration_name),
    logs: row.logs === undefined ? undefined : literal(row.logs),
    applied_steps_count: row.applied_steps_count?.toString(),
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  const columns = given.map(([column]) => column).join(', ')
  const values = given.map(([, value]) => value).join(', ')
  return `INSERT INTO ${table} (${columns}) SELECT ${values}${when === undefined ? '' : ` WHERE ${when}`}`
}

function rollBackUnfinished(table: string, name: string): string {
  return (
    `UPDATE ${table} SET rolled_back_at = clock_timestamp() ` +
    `WHERE migration_name = ${literal(name)} AND finished_at IS NULL AND rolled_back_at IS NULL`
  )
}

function rollBackAll(table: string, step: StepRecord): string {
  return (
    `UPDATE ${table} SET rolled_back_at = clock_timestamp() ` +
    `WHERE migration_name = ${literal(step.name)} AND rolled_back_at IS NULL`
  )
}

function checksumOf(step: StepRecord): string {
  return step.file?.checksum ?? ''
}

import type pg from 'pg'
import type { HistoryRow, Look } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import type { HistoryTable } from '../../formats/contract.js'
import { ident, literal, qualified } from '../../sql/quote.js'
import type { ServerFacts } from '../contract.js'
import type { Question } from './recover/anchor.js'
import { type OpenRow, openSteps } from './recover/open-steps.js'
import { refuseVersion } from './unsupported.js'

/** A look, and the facts of the server that came with it. */
export interface FirstLook {
  server: ServerFacts
  look: Look
  /** Where the history is or will be; qualified once, before the run (rule 19). */
  history: { schema: string; name: string }
  /** The process that answered. */
  backend: number
}

const FACTS = `SELECT current_setting('server_version_num')::int / 10000 AS major,
  version() AS version, current_setting('server_version') AS release, current_database() AS database,
  current_user AS "user", pg_is_in_recovery() OR current_setting('transaction_read_only')::bool AS read_only,
  current_schema() AS schema, pg_backend_pid() AS backend`

/**
 * Reads everything a run needs to know in one message, and in a few where history or journal are absent or the server
 * is not what it seems. Read-only, without a lock (rule 7).
 */
export async function lookAt(client: pg.Client, table: HistoryTable, journalSchema: string): Promise<FirstLook> {
  const history = table.schema === null ? ident(table.name) : qualified(table.schema, table.name)
  try {
    const results = await many(client, [FACTS, whereIs(history), ...everything(table, history, journalSchema)])
    return await assemble(client, table, results, { historyExists: true, journal: 'ready' })
  } catch (error) {
    if (!isAbsence(error)) {
      // A relative of PostgreSQL may lack what we ask for: then say that, not what it stumbled over.
      refuseVersion(String((await client.query('SELECT version() AS v')).rows[0]?.v))
      throw explain(error, history)
    }
    return lookPiecemeal(client, table, history, journalSchema)
  }
}

async function lookPiecemeal(
  client: pg.Client,
  table: HistoryTable,
  history: string,
  journalSchema: string,
): Promise<FirstLook> {
  // Not by to_regclass: it fails on a schema that the role may not use.
  const [facts, place, there] = await many(client, [
    FACTS,
    whereIs(history),
    `SELECT to_regclass(${literal(history)}) IS NOT NULL AS history, count(*) = 4 AS journal,
      bool_and(has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')) AS readable
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ${literal(journalSchema)} AND c.relname IN ('run', 'step', 'setting', 'lease')`,
  ]).catch((error) => {
    throw explain(error, history)
  })
  const exists = there?.rows[0] as { history: string; journal: string; readable: string | null }
  const journal = exists.journal !== 't' ? 'absent' : exists.readable === 't' ? 'ready' : 'denied'
  const [rows, open, setting] = everything(table, history, journalSchema) as [string, string, string]
  const empty = { rows: [] } as unknown as pg.QueryResult
  try {
    const history_ =
      exists.history === 't'
        ? (await many(client, [journal === 'ready' ? rows : bareHistory(table, history)]))[0]
        : empty
    const rest = journal === 'ready' ? await many(client, [open, setting]) : [empty, empty]
    return await assemble(client, table, [facts, place, history_, ...rest] as pg.QueryResult[], {
      historyExists: exists.history === 't',
      journal,
    })
  } catch (error) {
    throw explain(error, history)
  }
}

function everything(table: HistoryTable, history: string, journalSchema: string): string[] {
  const step = qualified(journalSchema, 'step')
  const run = qualified(journalSchema, 'run')
  // Names of the catalogue sort by "C": without the collation of `step.history` its index would not serve.
  const mine = `(SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(${literal(history)})) COLLATE pg_catalog."default"`
  // The journal speaks of a row only when it saw that very application: another tool may have undone and repeated it.
  return [
    `SELECT h.name, ${epoch('coalesce(h.applied_at, j.finished_at)')} AS applied_at, h.outcome, h.checksum, j.hash, j.by, j.duration_ms,
      h.outcome = 'failed' AND EXISTS (SELECT FROM ${step} AS s WHERE s.history = ${mine} AND s.name = h.name
        AND s.outcome = 'failed' AND s.started_at = h.applied_at) AS undone
      FROM (${inOrder(table, history)}) AS h LEFT JOIN (
        SELECT DISTINCT ON (s.name) s.name, s.hash, s.finished_at, r.os_user || '@' || r.host AS by,
          CASE WHEN s.outcome = 'done' THEN extract(epoch FROM s.finished_at - s.started_at) * 1000 END AS duration_ms
        FROM ${step} AS s LEFT JOIN ${run} AS r ON r.id = s.run
        WHERE s.history = ${mine} AND s.hash IS NOT NULL AND s.direction = 'up' AND s.outcome IN ('done', 'adopted', 'settled')
        ORDER BY s.name, s.id DESC
      ) AS j ON j.name = h.name AND (h.applied_at IS NULL OR h.applied_at <= j.finished_at + interval '1 second')
      ORDER BY h.place`,
    `SELECT name, direction, outcome, done, error, ${epoch('started_at')} AS started_at, mode, hash, anchor,
      CASE WHEN outcome = 'open' THEN statements ELSE '[]' END AS statements FROM ${step} AS s
      WHERE history = ${mine} AND outcome IN ('open', 'passed') AND NOT EXISTS (SELECT FROM ${step} AS later
        WHERE later.history = s.history AND later.name = s.name AND later.id > s.id AND later.outcome IN ('done', 'settled'))
      ORDER BY id`,
    `SELECT value FROM ${qualified(journalSchema, 'setting')} WHERE key = 'production'`,
  ]
}

function bareHistory(table: HistoryTable, history: string): string {
  return `SELECT h.name, ${epoch('h.applied_at')} AS applied_at, h.outcome, h.checksum, false AS undone, NULL AS hash, NULL AS by, NULL AS duration_ms FROM (${inOrder(table, history)}) AS h ORDER BY h.place`
}

// Milliseconds: a number is read sooner than a date, and whoever shows it makes the date.
function epoch(time: string): string {
  return `floor(extract(epoch FROM ${time}) * 1000)`
}

// A join may shuffle rows; their place keeps the order of application.
function inOrder(table: HistoryTable, history: string): string {
  return `SELECT r.*, row_number() OVER () AS place FROM (${table.read(history)}) AS r`
}

function whereIs(history: string): string {
  return `SELECT n.nspname AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(${literal(history)})`
}

async function assemble(
  client: pg.Client,
  table: HistoryTable,
  results: readonly pg.QueryResult[],
  exists: Pick<Look, 'historyExists' | 'journal'>,
): Promise<FirstLook> {
  const [facts, place, rows, unsettled, setting] = results as pg.QueryResult[] & { length: 5 }
  const f = facts?.rows[0] as FactsRow
  refuseVersion(f.version)
  const found = place?.rows[0] as { schema: string } | undefined
  const schema = found?.schema ?? table.schema ?? f.schema
  if (schema === null) throw new GodwitError('GODWIT_NO_SCHEMA', { database: f.database })
  const marks = (unsettled?.rows ?? []) as UnsettledRow[]
  const history = { schema, name: table.name }
  const applied = (rows?.rows ?? []).map(toHistoryRow)
  const begun = marks.filter((mark) => mark.outcome === 'open')
  const ask: Question = async (select) => Object.values((await many(client, [select]))[0]?.rows[0] ?? {})
  return {
    server: {
      major: Number(f.major),
      version: `PostgreSQL ${f.release.split(' ')[0]}`,
      database: f.database,
      user: f.user,
      readOnly: f.read_only === 't',
    },
    history,
    backend: Number(f.backend),
    look: {
      rows: applied,
      open: await openSteps(ask, begun, table, qualified(schema, table.name), applied),
      passed: marks.filter((mark) => mark.outcome === 'passed').map((mark) => mark.name),
      production: (setting?.rows.length ?? 0) > 0,
      ...exists,
    },
  }
}

interface FactsRow {
  backend: string
  major: string
  version: string
  release: string
  database: string
  user: string
  read_only: string
  schema: string | null
}

type UnsettledRow = OpenRow & { outcome: string }

function toHistoryRow(row: Record<string, unknown>): HistoryRow {
  return {
    name: String(row.name),
    appliedAt: row.outcome !== 'failed' && row.applied_at !== null ? new Date(Number(row.applied_at)) : null,
    outcome: row.undone === 't' ? 'undone' : row.outcome === 'failed' ? 'failed' : 'applied',
    checksum: (row.checksum as string | null) ?? null,
    hash: (row.hash as string | null) ?? null,
    by: (row.by as string | null) ?? null,
    durationMs: row.duration_ms === null || row.duration_ms === undefined ? null : Math.round(Number(row.duration_ms)),
  }
}

// Every value stays the text that the server sent: this is read at every start.
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

/** One message of several SELECTs; one result each, its values as text. */
async function many(client: pg.Client, selects: string[]): Promise<pg.QueryResult[]> {
  const answer = (await client.query({ text: selects.join(';\n'), types: AS_TEXT })) as unknown as
    | pg.QueryResult
    | pg.QueryResult[]
  return Array.isArray(answer) ? answer : [answer]
}

// Undefined table, schema, or no right to read one of them.
function isAbsence(error: unknown): boolean {
  return ['42P01', '3F000', '42501'].includes((error as { code?: string }).code ?? '')
}

function explain(error: unknown, table: string): unknown {
  const { code, message } = error as { code?: string; message: string }
  if (code === '42703' || code === '42883' || code === '42804')
    return new GodwitError('GODWIT_HISTORY_SHAPE', { table, reason: message }, { cause: error })
  if (code === '42501')
    return new GodwitError('GODWIT_PERMISSION', { what: `reading ${table}`, reason: message }, { cause: error })
  return error
}

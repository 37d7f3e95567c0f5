import type pg from 'pg'
import type { LoggedOutcome, LoggedRun, LoggedStatement, LoggedStep, LogQuery } from '../../engine/log.js'
import { literal, qualified } from '../../sql/quote.js'
import { type Journal, RUNNER_LOCK } from './journal.js'

type Row = Record<string, unknown>

/** Reads the newest runs out of the journal; a run whose steps are all about another history is left out. Read-only. */
export async function readLog(client: pg.Client, journal: Journal, { limit, pick }: LogQuery): Promise<LoggedRun[]> {
  const name = pick?.(await namesIn(client, journal))
  const runs = await readRuns(client, journal, limit, name)
  const steps = await readSteps(client, journal, runs, name)
  const atWork = runs.some((row) => row.outcome === null) ? await runAtWork(client, journal) : undefined
  return runs.map((row) => {
    const id = String(row.id)
    return toRun(
      row,
      steps.filter((step) => String(step.run) === id),
      id === atWork,
    )
  })
}

async function namesIn(client: pg.Client, { stepTable, history }: Journal): Promise<string[]> {
  const { rows } = await client.query(`SELECT DISTINCT name FROM ${stepTable} WHERE history = ${literal(history)}`)
  return rows.map((row: Row) => String(row.name))
}

async function readRuns(client: pg.Client, journal: Journal, limit: number, name?: string): Promise<Row[]> {
  const { schema, stepTable } = journal
  const mine = `EXISTS (SELECT FROM ${stepTable} AS s WHERE s.run = r.id AND ${about(journal, name)})`
  // A run that never came to a step says nothing of a history: it may be ours.
  const stepless = name === undefined ? ` OR NOT EXISTS (SELECT FROM ${stepTable} AS s WHERE s.run = r.id)` : ''
  const { rows } = await client.query(`SELECT id, command, version, os_user || '@' || host AS by, pid, db_user, outcome,
    ${epoch('started_at')} AS started_at, ${epoch('finished_at')} AS finished_at
    FROM ${qualified(schema, 'run')} AS r WHERE ${mine}${stepless} ORDER BY id DESC LIMIT ${limit}`)
  return rows
}

async function readSteps(client: pg.Client, journal: Journal, runs: readonly Row[], name?: string): Promise<Row[]> {
  if (runs.length === 0) return []
  const { rows } =
    await client.query(`SELECT run, name, direction, outcome, mode, done, statements::text AS statements, error,
    ${epoch('started_at')} AS started_at, ${epoch('finished_at')} AS finished_at
    FROM ${journal.stepTable} AS s WHERE run IN (${runs.map((row) => String(row.id)).join(', ')}) AND ${about(journal, name)}
    ORDER BY id`)
  return rows
}

function about({ history }: Journal, name: string | undefined): string {
  return `s.history = ${literal(history)}${name === undefined ? '' : ` AND s.name = ${literal(name)}`}`
}

// Only the newest run can be at work, and only while its runner holds the lock: the session's, whose number comes in two
// halves, or through a pooler a lease that has not run out.
async function runAtWork(client: pg.Client, { schema }: Journal): Promise<string | undefined> {
  const { rows } = await client.query(`SELECT max(id) AS id FROM ${qualified(schema, 'run')}
    WHERE EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND classid = ${RUNNER_LOCK >> 32n} AND objid = ${RUNNER_LOCK & 0xffffffffn}
      AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()))
    OR EXISTS (SELECT FROM ${qualified(schema, 'lease')} WHERE pooled AND expires_at > clock_timestamp())`)
  const [newest] = rows as Row[]
  return newest === undefined || newest.id === null ? undefined : String(newest.id)
}

// Milliseconds: how dates are parsed is up to the whole process.
function epoch(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000)::float8`
}

function toRun(row: Row, steps: Row[], atWork: boolean): LoggedRun {
  return {
    id: String(row.id),
    command: String(row.command),
    version: String(row.version),
    by: String(row.by),
    pid: Number(row.pid),
    dbUser: String(row.db_user),
    ...times(row, true),
    outcome: row.outcome === null ? (atWork ? 'running' : 'unfinished') : (row.outcome as 'done' | 'failed'),
    steps: steps.map(toStep),
  }
}

function toStep(row: Row): LoggedStep {
  const outcome = row.outcome as LoggedOutcome
  return {
    name: String(row.name),
    direction: row.direction as LoggedStep['direction'],
    outcome,
    mode: row.mode as string | null,
    done: Number(row.done),
    statements: (JSON.parse(String(row.statements)) as LoggedStatement[]).map(({ tag, line, hash }) => ({
      tag,
      line,
      hash,
    })),
    error: row.error as string | null,
    ...times(row, outcome === 'done' || outcome === 'failed'),
  }
}

// What was settled by hand did not run for all that time.
function times(row: Row, ran: boolean): Pick<LoggedRun, 'startedAt' | 'finishedAt' | 'durationMs'> {
  const startedAt = Number(row.started_at)
  const finishedAt = row.finished_at === null ? null : Number(row.finished_at)
  return {
    startedAt: new Date(startedAt),
    finishedAt: finishedAt === null ? null : new Date(finishedAt),
    durationMs: ran && finishedAt !== null ? Math.round(finishedAt - startedAt) : null,
  }
}

import type pg from 'pg'
import type { Blocker } from '../../../engine/events.js'
import { maskSecrets } from '../../../sql/mask.js'

const SHOWN_CHARACTERS = 80

const BLOCKERS = `WITH blocker AS MATERIALIZED (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids($1)) AS pid)
SELECT b.pid, a.pid IS NULL AS gone, coalesce(nullif(a.application_name, ''), nullif(a.backend_type, 'client backend')) AS application,
  a.usename AS "user", a.state, a.query, round(extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::float8 AS open_ms
FROM blocker AS b LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid ORDER BY b.pid`

interface BlockerRow {
  pid: number
  gone: boolean
  application: string | null
  user: string | null
  state: string | null
  query: string | null
  open_ms: number | null
}

/** Reads which sessions a backend waits for, on another connection than its own. */
export async function readBlockers(client: pg.Client, backend: number): Promise<Blocker[]> {
  const { rows } = await client.query<BlockerRow>(BLOCKERS, [backend])
  return rows.filter(({ gone, pid }) => !gone || pid === 0).map(toBlocker)
}

function toBlocker({ pid, application, user, state, query, open_ms: openMs }: BlockerRow): Blocker {
  const facts = { pid, application, user, state, openMs, query: shortened(query) }
  return { ...facts, who: inWords(facts) }
}

function inWords({ pid, application, user, state, openMs }: Omit<Blocker, 'who'>): string {
  if (pid === 0) return 'a prepared transaction'
  const since = openMs === null ? '' : ` for ${age(openMs)}`
  const known = [application, user, state === null ? null : `${state}${since}`].filter((fact) => fact !== null)
  return `pid ${pid}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

// Masked before it is cut: a secret may be long.
function shortened(query: string | null): string | null {
  if (query === null || query.trim() === '' || query.startsWith('<')) return null
  const line = maskSecrets(query).replace(/\s+/g, ' ').trim()
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line
}

function age(ms: number): string {
  const seconds = Math.max(Math.round(ms / 1_000), 0)
  if (seconds < 60) return `${seconds} s`
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`
}

/** What an error says of them, a line each. */
export function blockedByLines(by: readonly Blocker[]): string[] {
  return by.map(({ who, query }) => `Blocked by ${who}${query === null ? '' : `: ${query}`}`)
}

/** How to end them by hand, as SQL. */
export function endingThem(by: readonly Blocker[]): string {
  const pids = by.map(({ pid }) => pid).filter((pid) => pid !== 0)
  if (pids.length === 0) return 'SELECT gid, prepared, owner FROM pg_prepared_xacts;'
  return `SELECT ${pids.map((pid) => `pg_terminate_backend(${pid})`).join(', ')};`
}

import { statfs } from 'node:fs/promises'
import type pg from 'pg'
import { type LockMode, lockModes } from '../../../impact/lock-modes.js'
import type { Demands, Found } from '../../../preflight/finding.js'
import { literal } from '../../../sql/quote.js'

/** What is in the way of a run now: transactions that hold its tables, slots that keep its WAL, a disk that is full. */
export async function inTheWay(client: pg.Client, demands: Demands): Promise<Found[]> {
  return [
    ...(await holders(client, demands.locks)),
    ...(demands.rewrites > 0 ? await slots(client) : []),
    ...(demands.rewrites > 0 ? await disk(client, demands.rewrites) : []),
  ]
}

// Only who has held for a while is likely to go on holding.
const HELD_SECONDS = 5

// The table "Conflicting Lock Modes" in PostgreSQL's documentation.
const conflicts: Readonly<Record<LockMode, readonly LockMode[]>> = {
  AccessShare: ['AccessExclusive'],
  RowShare: ['Exclusive', 'AccessExclusive'],
  RowExclusive: ['Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'],
  ShareUpdateExclusive: ['ShareUpdateExclusive', 'Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'],
  Share: ['RowExclusive', 'ShareUpdateExclusive', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'],
  ShareRowExclusive: [
    'RowExclusive',
    'ShareUpdateExclusive',
    'Share',
    'ShareRowExclusive',
    'Exclusive',
    'AccessExclusive',
  ],
  Exclusive: lockModes.slice(1),
  AccessExclusive: lockModes,
}

async function holders(client: pg.Client, locks: ReadonlyMap<string, LockMode>): Promise<Found[]> {
  if (locks.size === 0) return []
  const wanted = [...locks].flatMap(([table, mode]) =>
    conflicts[mode].map((held) => `(to_regclass(${literal(table)}), ${literal(`${held}Lock`)})`),
  )
  const { rows } = await client.query<{
    table: string
    pid: number | null
    who: string | null
    state: string
    seconds: number
    gid: string | null
  }>(
    `SELECT DISTINCT l.relation::regclass::text AS table, l.pid, concat_ws(' ', a.usename, nullif(a.application_name, '')) AS who,
       coalesce(a.state, '') AS state, coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::int AS seconds, p.gid
     FROM pg_locks l JOIN (VALUES ${wanted.join(', ')}) w (relation, mode) ON l.relation = w.relation AND l.mode = w.mode
       LEFT JOIN pg_stat_activity a ON a.pid = l.pid
       LEFT JOIN pg_prepared_xacts p ON l.virtualtransaction = '-1/' || p.transaction
     WHERE l.granted AND l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_backend_pid()
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows.flatMap(({ table, pid, who, state, seconds, gid }): Found[] => {
    if (pid === null)
      return [
        {
          code: 'prepared-transaction',
          severity: 'warning',
          message: `the prepared transaction ${gid ?? ''} holds ${table}: the run will wait for it`,
        },
      ]
    if (seconds < HELD_SECONDS) return []
    const what = `pid ${pid}${who === null || who === '' ? '' : `, ${who}`}${state === '' ? '' : `, ${state}`}`
    return [
      {
        code: 'blocked',
        severity: 'warning',
        message: `${table} has been held for ${seconds} s (${what}): the run will wait for it`,
      },
    ]
  })
}

async function slots(client: pg.Client): Promise<Found[]> {
  const { rows } = await client.query<{ slot_name: string }>(
    'SELECT slot_name FROM pg_replication_slots WHERE NOT active',
  )
  return rows.map(({ slot_name }) => ({
    code: 'replication-slot',
    severity: 'warning',
    message: `nobody reads the replication slot ${slot_name}: what a rewrite writes to the WAL stays on the disk`,
  }))
}

// Only a server on this machine lets its disk be looked at.
async function disk(client: pg.Client, needed: number): Promise<Found[]> {
  const { rows } = await client.query<{ folder: string | null; here: boolean }>(
    `SELECT (SELECT setting FROM pg_settings WHERE name = 'data_directory') AS folder,
       coalesce(inet_client_addr() = inet_server_addr(), true) AS here`,
  )
  const [server] = rows
  if (server === undefined || server.folder === null || !server.here) return []
  const stats = await statfs(server.folder).catch(() => undefined)
  const free = stats === undefined ? undefined : stats.bavail * stats.bsize
  if (free === undefined || free > needed) return []
  const mb = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`
  return [
    {
      code: 'disk-space',
      severity: 'error',
      message: `a rewrite needs about ${mb(needed)}, and the server's disk has ${mb(free)} left`,
    },
  ]
}

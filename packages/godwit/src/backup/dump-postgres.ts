import { stat } from 'node:fs/promises'
import type pg from 'pg'
import { GodwitError } from '../errors.js'
import { dumpArguments } from './arguments.js'
import { type Access, connectAs } from './connect-as.js'
import { type Picture, pictureOf } from './picture.js'
import { complaintOf, startTool } from './run-tool.js'
import { findTools, type Tools } from './tools.js'

const TOLD_EVERY_MS = 500

/** What a dump is made with. */
export interface DumpWork {
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal | undefined
  /** Told now and then how many bytes are written. */
  onBytes: (bytes: number) => void
}

/** What a dump came to. */
export type Dumped = Picture & { tool: string; time: string }

/**
 * Dumps the database of a session by `pg_dump`, and counts and reads the same snapshot meanwhile. The session is given back outside of
 * a transaction; nothing is written.
 *
 * @param major the server's
 * @param file where `pg_dump` writes, absolute
 * @throws GodwitError GODWIT_BACKUP_TOOL, GODWIT_BACKUP_POOLED, GODWIT_BACKUP_FAILED
 */
export async function dumpPostgres(client: pg.Client, major: number, file: string, work: DumpWork): Promise<Dumped> {
  const tools = await findDump(major, work.env)
  const access = await connectAs(client, work.env)
  try {
    await client.query(opening(major))
    const { rows } = await client.query<{ snapshot: string; time: Date }>(
      'SELECT pg_catalog.pg_export_snapshot() AS snapshot, now() AS time',
    )
    const { snapshot = '', time = new Date() } = rows[0] ?? {}
    const stop = new AbortController()
    const signal = work.signal === undefined ? stop.signal : AbortSignal.any([work.signal, stop.signal])
    const dumping = runDump(tools.path('pg_dump'), access, dumpArguments(access.database, file, snapshot), file, {
      ...work,
      signal,
    })
    const seeing = pictureOf(client)
    // A dump without its counts would be of no use.
    seeing.catch(() => stop.abort())
    const [dumped, picture] = await Promise.allSettled([dumping, seeing])
    if (dumped.status === 'rejected' && !(stop.signal.aborted && picture.status === 'rejected')) throw dumped.reason
    if (picture.status === 'rejected') throw picture.reason
    return { ...picture.value, tool: `pg_dump ${tools.version}`, time: time.toISOString() }
  } finally {
    await client.query('ROLLBACK').catch(() => {})
    await access.close()
  }
}

/**
 * Finds a `pg_dump` for a server of that major version.
 *
 * @throws GodwitError GODWIT_BACKUP_TOOL
 */
export function findDump(major: number, env: DumpWork['env']): Promise<Tools> {
  return findTools({ names: ['pg_dump'], atLeast: major, why: `PostgreSQL ${major}` }, env)
}

// Row security would hide rows from the counts that pg_dump does not let it hide either.
function opening(major: number): string {
  return [
    'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    'SET LOCAL statement_timeout = 0',
    'SET LOCAL idle_in_transaction_session_timeout = 0',
    ...(major >= 17 ? ['SET LOCAL transaction_timeout = 0'] : []),
    'SET LOCAL row_security = off',
  ].join(';\n')
}

async function runDump(program: string, access: Access, args: string[], file: string, work: DumpWork): Promise<void> {
  const { ended } = startTool({ program, args, env: access.env, signal: work.signal })
  const telling = setInterval(() => {
    stat(file).then(
      ({ size }) => work.onBytes(size),
      () => {},
    )
  }, TOLD_EVERY_MS)
  const end = await ended
  clearInterval(telling)
  if (!end.ok)
    throw new GodwitError('GODWIT_BACKUP_FAILED', { tool: 'pg_dump', reason: complaintOf(end, access.password) })
}

/**
 * A tool connects by itself, more than once, and to the same session behind each statement.
 *
 * @throws GodwitError GODWIT_BACKUP_POOLED where a transaction pooler stands in between
 */
export async function refusePooled(client: pg.Client, address: string): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid')
  const { processID } = client as unknown as { processID: number | null }
  if (processID !== rows[0]?.pid) throw new GodwitError('GODWIT_BACKUP_POOLED', { address })
}

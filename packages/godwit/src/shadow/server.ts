import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { Connection } from '../databases/postgres/connection.js'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { PostgresTarget } from '../databases/postgres/target.js'
import { onDatabase } from '../databases/postgres/url.js'
import { loadParser } from '../sql/classify.js'
import { ident } from '../sql/quote.js'
import type { KeepableDatabase, ShadowPlace } from './contract.js'
import { keptInside } from './guard.js'

/**
 * Shadows on a server that was named for it: databases `godwit_shadow_<random>` of this process, dropped behind it and no
 * others (rule 31). Nothing is kept there.
 *
 * @throws GODWIT_CONNECTION_…, and what the server says of CREATE DATABASE
 */
export async function serverPlace(
  settings: ConnectionSettings,
  projectDir: string,
  warn: (message: string) => void,
): Promise<ShadowPlace> {
  const mighty = await mightyRole(settings, projectDir)
  if (mighty !== undefined)
    warn(
      `The shadow's server is worked on as ${mighty}, who may do more than make databases: SQL that a migration composes while it runs could reach out of the shadow. A role with CREATEDB is enough.`,
    )
  const place = settings.address.replace(/^postgres:\/\//, '').replace(/\/.*$/, '')
  return {
    product: `scratch database on ${place}`,
    key: place,
    lastKept: async () => undefined,
    open: () => scratch(settings, projectDir),
    close: async () => {},
  }
}

// What a DO block executes, no parser sees: there the rights of the role are all that holds (rule 31).
async function mightyRole(settings: ConnectionSettings, projectDir: string): Promise<string | undefined> {
  const { rows } = await administer(
    settings,
    projectDir,
    'SELECT rolname AS name FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolcreaterole)',
  )
  return (rows as { name: string }[])[0]?.name
}

async function scratch(settings: ConnectionSettings, projectDir: string): Promise<KeepableDatabase> {
  const name = `godwit_shadow_${randomBytes(6).toString('hex')}`
  // Of template1 somebody may have made something.
  await administer(settings, projectDir, `CREATE DATABASE ${ident(name)} TEMPLATE template0`)
  return shadowDatabase(onDatabase(settings, name), projectDir, async () => {
    await administer(settings, projectDir, `DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`)
  })
}

/** A database on a server as a shadow: no migration leads out of it. */
export function shadowDatabase(
  settings: ConnectionSettings,
  projectDir: string,
  close: () => Promise<void>,
): KeepableDatabase {
  return {
    connect: async () => (await Connection.open(settings, projectDir)).client,
    database: {
      kind: 'postgres',
      address: settings.address,
      // Migrations are somebody's code; what a format asks is not.
      open: async (history, options) => {
        await loadParser()
        return PostgresTarget.open({ ...settings, sends: keptInside }, history, options)
      },
    },
    close,
  }
}

/** Runs one statement that is about databases, on a session of its own. */
export async function administer(
  settings: ConnectionSettings,
  projectDir: string,
  sql: string,
): Promise<pg.QueryResult> {
  const { client } = await Connection.open(settings, projectDir)
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}

import { randomUUID } from 'node:crypto'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { Connection } from '../databases/postgres/connection.js'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { onDatabase } from '../databases/postgres/url.js'
import { GodwitError } from '../errors.js'
import { sessionAdapter } from '../formats/prisma/engine/adapter.js'
import type { EngineSessions } from '../formats/prisma/engine/engine.js'
import type { AdapterTools } from '../formats/prisma/engine/packages.js'
import { prismaConnection } from '../project/prisma-connection.js'
import { pglitePlace } from '../shadow/pglite.js'
import { ident } from '../sql/quote.js'

/** The sessions of one engine, closed together. */
export interface Sessions extends EngineSessions {
  close: () => Promise<void>
}

/**
 * Sessions on the project's database. The shadow database is one of its own on the same server, as Prisma makes it, or the one
 * that is named for it, which is emptied first.
 */
export function serverSessions(url: string, shadowUrl: string | undefined, projectDir: string): Sessions {
  const { settings, schema } = prismaConnection(url, projectDir)
  let main: Connection | undefined
  return {
    main: async (tools) => {
      main = await Connection.open(settings, projectDir)
      return sessionAdapter(main.client, tools, { schema })
    },
    shadow: (tools) =>
      shadowUrl === undefined
        ? madeShadow(settings, schema, projectDir, tools)
        : namedShadow(shadowUrl, settings, projectDir, tools),
    close: async () => main?.close(),
  }
}

/** Sessions on databases in this process, for what needs none of the project's. */
export function offlineSessions(projectDir: string): Sessions {
  const close: (() => Promise<void>)[] = []
  const open = async (tools: AdapterTools): Promise<SqlDriverAdapter> => {
    const database = await (await pglitePlace(projectDir, [])).open()
    if (database === undefined) throw new Error('no database could be made in this process')
    const client = await database.connect()
    close.push(async () => {
      await client.end()
      await database.close()
    })
    return sessionAdapter(client, tools, { schema: 'public' })
  }
  return {
    main: open,
    shadow: open,
    close: async () => {
      for (const each of close) await each()
    },
  }
}

async function madeShadow(
  settings: ConnectionSettings,
  schema: string,
  projectDir: string,
  tools: AdapterTools,
): Promise<SqlDriverAdapter> {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`
  const admin = await Connection.open(settings, projectDir)
  try {
    await admin.client.query(`CREATE DATABASE ${ident(name)}`)
  } catch (error) {
    await admin.close()
    throw error
  }
  const { connection, adapter } = await adapterOn(onDatabase(settings, name), schema, projectDir, tools)
  return Object.assign(adapter, {
    dispose: async () => {
      await connection.close()
      await admin.client.query(`DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`)
      await admin.close()
    },
  })
}

async function namedShadow(
  url: string,
  main: ConnectionSettings,
  projectDir: string,
  tools: AdapterTools,
): Promise<SqlDriverAdapter> {
  const { settings, schema } = prismaConnection(url, projectDir)
  const { connection, adapter } = await adapterOn(settings, schema, projectDir, tools)
  const own = await identityAt(main, projectDir)
  // A shadow has no history: with one it may be the database that cannot be asked.
  const mayBe = own === undefined ? await hasHistory(connection) : own === (await identityOf(connection))
  if (mayBe) {
    await connection.close()
    const { address } = settings
    throw own === undefined
      ? new GodwitError('GODWIT_SHADOW_HAS_HISTORY', { address, main: main.address })
      : new GodwitError('GODWIT_SHADOW_IS_MAIN', { address })
  }
  const { rows } = await connection.client.query<{ name: string }>(
    "SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'",
  )
  for (const { name } of rows) await connection.client.query(`DROP SCHEMA ${ident(name)} CASCADE`)
  await connection.client.query(`CREATE SCHEMA ${ident(schema)}`)
  return Object.assign(adapter, { dispose: () => connection.close() })
}

// However it is reached: a server says when it was started.
async function identityOf({ client }: Connection): Promise<string> {
  const { rows } = await client.query('SELECT current_database() AS name, pg_postmaster_start_time()::text AS since')
  return JSON.stringify(rows[0])
}

// Counted in every schema, whichever the URL names.
async function hasHistory({ client }: Connection): Promise<boolean> {
  const { rows } = await client.query(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relname = '_prisma_migrations'",
  )
  for (const { name } of rows as { name: string }[])
    if ((await client.query(`SELECT FROM ${name} LIMIT 1`)).rows.length > 0) return true
  return false
}

async function identityAt(settings: ConnectionSettings, projectDir: string): Promise<string | undefined> {
  const connection = await Connection.open(settings, projectDir).catch(() => undefined)
  if (connection === undefined) return undefined
  return identityOf(connection).finally(() => connection.close())
}

async function adapterOn(settings: ConnectionSettings, schema: string, projectDir: string, tools: AdapterTools) {
  const connection = await Connection.open(settings, projectDir)
  return { connection, adapter: sessionAdapter(connection.client, tools, { schema }) }
}

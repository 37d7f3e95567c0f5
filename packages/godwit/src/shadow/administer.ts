import type pg from 'pg'
import { Connection } from '../databases/postgres/connection.js'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'

/** Runs one statement that is about databases or roles, on a session of its own. */
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

import { Connection } from '../databases/postgres/connection.js'
import { onDatabase } from '../databases/postgres/url.js'
import { GodwitError } from '../errors.js'
import { prismaConnection } from '../project/prisma-connection.js'
import { ident } from '../sql/quote.js'

/**
 * Runs one of the commands that Prisma's CLI starts the engine for: `can-connect-to-database`, `create-database`,
 * `drop-database`.
 *
 * @throws GODWIT_CONNECTION_… when the server or the database is not there
 */
export async function runDatabaseCommand(command: string, url: string, projectDir: string): Promise<void> {
  const { settings } = prismaConnection(url, projectDir)
  const { database = '' } = settings.config
  if (command === 'can-connect-to-database') return (await Connection.open(settings, projectDir)).close()
  const verb = { 'create-database': 'CREATE DATABASE', 'drop-database': 'DROP DATABASE' }[command]
  if (verb === undefined) throw new GodwitError('GODWIT_BUG', { what: `the engine's command ${command}` })
  const connection = await Connection.open(onDatabase(settings, 'postgres'), projectDir)
  try {
    await connection.client.query(`${verb} ${ident(database)}`)
  } finally {
    await connection.close()
  }
}

import type pg from 'pg'
import { ident, qualified } from '../../../sql/quote.js'
import { prismaHistory } from '../history.js'
import { hiddenSchema } from './handmade.js'

/**
 * Makes a replayed database what Prisma's engine expects of its shadow database, in a transaction of its own that the caller
 * rolls back: no history in it, and the tables in the schema that the project's URL names.
 *
 * @returns the schema that unqualified names stand for
 */
export async function prepareSession(client: pg.Client, wanted: string | undefined): Promise<string> {
  await client.query('BEGIN')
  const { rows } = await client.query<{ schema: string | null }>('SELECT current_schema()::text AS schema')
  const schema = rows[0]?.schema ?? 'public'
  const history = qualified(schema, '_prisma_migrations')
  const known = await client.query('SELECT to_regclass($1) AS found', [history])
  // Without the table the engine's question fails, which would end the transaction.
  await client.query(known.rows[0]?.found === null ? prismaHistory().create(history) : `DELETE FROM ${history}`)
  await client.query(`CREATE SCHEMA ${hiddenSchema}`)
  if (wanted === undefined || wanted === schema) return schema
  await client.query(`ALTER SCHEMA ${ident(schema)} RENAME TO ${ident(wanted)}`)
  await client.query(`SET LOCAL search_path TO ${ident(wanted)}`)
  return wanted
}

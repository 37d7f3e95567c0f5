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
  const { rows } = await client.query<{ schema: string | null; there: boolean }>(
    'SELECT current_schema()::text AS schema, EXISTS (SELECT FROM pg_namespace WHERE nspname = $1) AS there',
    [wanted ?? null],
  )
  const usual = rows[0]?.schema ?? 'public'
  const schema = wanted ?? usual
  if (schema !== usual) {
    if (!rows[0]?.there) await client.query(`ALTER SCHEMA ${ident(usual)} RENAME TO ${ident(schema)}`)
    await client.query(`SET LOCAL search_path TO ${ident(schema)}`)
  }
  const history = qualified(schema, '_prisma_migrations')
  const known = await client.query<{ found: string | null }>('SELECT to_regclass($1)::text AS found', [history])
  // Without the table the engine's question fails, which would end the transaction.
  await client.query(known.rows[0]?.found == null ? prismaHistory().create(history) : `DELETE FROM ${history}`)
  await client.query(`CREATE SCHEMA ${hiddenSchema}`)
  return schema
}

/** Those schemas that are not there. */
export async function absentSchemas(client: pg.Client, names: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) AS name WHERE name NOT IN (SELECT nspname FROM pg_namespace)',
    [names],
  )
  return rows.map(({ name }) => name)
}

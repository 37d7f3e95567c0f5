import type { ColumnType, SqlDriverAdapter, SqlQuery, Transaction } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { columnTypeOf, readerOf } from './column-types.js'
import { failureOf } from './driver-failure.js'
import type { AdapterTools } from './packages.js'

/** What the engine does on one session. */
export interface SessionOptions {
  /** The schema that unqualified names stand for. */
  schema: string
  /** Runs a script that the engine sends; default: as one message. */
  runScript?: (script: string) => Promise<void>
  /** The engine is done with the session; default: the caller closes it. */
  dispose?: () => Promise<void>
}

/**
 * Lets Prisma's engine work on one session of `pg`. The stock adapters cannot carry migrations: they split scripts at every
 * semicolon, take a connection out of a pool for each query and lose the advisory lock with it, and do not know the types
 * `"char"` and `name` that the engine's own queries answer with.
 */
export function sessionAdapter(
  client: pg.Client,
  { DriverAdapterError }: AdapterTools,
  { schema, runScript, dispose }: SessionOptions,
): SqlDriverAdapter {
  const orFailure = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw new DriverAdapterError(failureOf(error))
    }
  }
  const send = ({ sql, args }: SqlQuery) =>
    orFailure(client.query({ text: sql, values: args, rowMode: 'array', types: { getTypeParser: readerOf } }))
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    getConnectionInfo: () => ({ schemaName: schema, supportsRelationJoins: true }),
    queryRaw: async (query) => {
      const { fields, rows } = await send(query)
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => columnTypeOf(field.dataTypeID) as ColumnType),
        rows: rows as unknown[][],
      }
    },
    executeRaw: async (query) => (await send(query)).rowCount ?? 0,
    executeScript: (script) => orFailure(runScript?.(script) ?? sendScript(client, script)),
    startTransaction: (): Promise<Transaction> => Promise.reject(new Error('Migrations bring their own transactions.')),
    dispose: async () => dispose?.(),
  }
}

/** A whole script as one message; what it left open is rolled back where it failed. */
async function sendScript(client: pg.Client, script: string): Promise<void> {
  try {
    await client.query(script)
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

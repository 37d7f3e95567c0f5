import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject, onTestFinished } from 'vitest'

/** A fresh, empty database on one of the run's servers, dropped when the test ends. */
export interface TestDatabase {
  url: string
  name: string
  /** Runs one query on a connection of its own. */
  query: <Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>
}

/**
 * Creates an empty database for the running test.
 *
 * @param major which of the servers: 15 or 18 (default)
 */
export async function createDatabase(major: 15 | 18 = 18): Promise<TestDatabase> {
  const admin = inject('servers')[major === 15 ? 'pg15' : 'pg18']
  const name = `test_${randomBytes(6).toString('hex')}`
  await once(admin, `create database ${name}`)
  onTestFinished(async () => {
    await once(admin, `drop database if exists ${name} with (force)`)
  })
  const target = new URL(admin)
  target.pathname = `/${name}`
  const url = target.toString()
  return { url, name, query: (text, values) => once(url, text, values) }
}

async function once<Row extends pg.QueryResultRow>(url: string, text: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const result = await client.query<Row>(text, values)
    return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows
  } finally {
    await client.end()
  }
}

import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { catalogueOf } from './catalogue.js'
import type { Scenario } from './scenarios.js'

/** What a database holds: its catalogue, and the names in the history. */
export interface Found {
  catalogue: string[]
  history: string[]
  /** Steps that the journal calls open. */
  open: string[]
}

/** One fresh, empty database of a server. */
export class Ground {
  readonly url: string
  readonly #admin: pg.Client
  readonly #name: string

  private constructor(admin: pg.Client, url: string, name: string) {
    this.#admin = admin
    this.url = url
    this.#name = name
  }

  static async make(admin: pg.Client, serverUrl: string): Promise<Ground> {
    const name = `torture_${randomBytes(6).toString('hex')}`
    await admin.query(`create database ${name}`)
    const url = new URL(serverUrl)
    url.pathname = `/${name}`
    // A connection that asks for TLS first begins with messages of its own.
    url.searchParams.set('sslmode', 'disable')
    return new Ground(admin, url.toString(), name)
  }

  async drop(): Promise<void> {
    await this.#admin.query(`drop database ${this.#name} with (force)`)
  }

  /** Runs SQL on a connection of its own; the rows of the last statement. */
  async query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    return this.#with(async (client) => {
      const result = await client.query<Row>(text)
      return Array.isArray(result) ? (result.at(-1)?.rows ?? []) : result.rows
    })
  }

  /** Names in the history; none where there is no history yet. */
  async history({ history }: Scenario): Promise<string[]> {
    return this.#with((client) => historyOf(client, history))
  }

  async look({ history }: Scenario): Promise<Found> {
    return this.#with(async (client) => ({
      catalogue: await catalogueOf(client),
      history: await historyOf(client, history),
      open: (
        await client.query<{ name: string }>(`select name from godwit.step where outcome = 'open' order by id`)
      ).rows.map((row) => row.name),
    }))
  }

  async #with<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.url })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
}

async function historyOf(client: pg.Client, query: string): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>(query)
    return rows.map((row) => row.name).sort()
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return []
    throw error
  }
}

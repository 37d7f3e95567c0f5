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

// Cheaper by far than another database: that one has to be copied, and thrown away behind a checkpoint.
const EMPTY = `select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid();
  drop schema if exists godwit cascade;
  drop schema public cascade;
  create schema public`

/** Empty databases of a server, each for one case at a time. */
export class Grounds {
  readonly #admin: pg.Client
  readonly #serverUrl: string
  readonly #free: Ground[] = []
  readonly #made: string[] = []

  private constructor(admin: pg.Client, serverUrl: string) {
    this.#admin = admin
    this.#serverUrl = serverUrl
  }

  static async open(serverUrl: string): Promise<Grounds> {
    const admin = new pg.Client({ connectionString: serverUrl })
    await admin.connect()
    return new Grounds(admin, serverUrl)
  }

  async take(): Promise<Ground> {
    return this.#free.pop() ?? this.#make()
  }

  /** Empties one, also of sessions, for the next case. One that is not given back is left as it is until the end. */
  async giveBack(ground: Ground): Promise<void> {
    await ground.query(EMPTY)
    this.#free.push(ground)
  }

  /** Drops them all. */
  async close(): Promise<void> {
    for (const name of this.#made) await this.#admin.query(`drop database ${name} with (force)`)
    await this.#admin.end()
  }

  async #make(): Promise<Ground> {
    const name = `torture_${randomBytes(6).toString('hex')}`
    await this.#admin.query(`create database ${name}`)
    this.#made.push(name)
    const url = new URL(this.#serverUrl)
    url.pathname = `/${name}`
    // A connection that asks for TLS first begins with messages of its own.
    url.searchParams.set('sslmode', 'disable')
    return new Ground(url.toString())
  }
}

/** One empty database. */
export class Ground {
  readonly url: string

  constructor(url: string) {
    this.url = url
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

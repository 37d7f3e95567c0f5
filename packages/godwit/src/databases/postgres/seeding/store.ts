import { GodwitError } from '../../../errors.js'
import { ident } from '../../../sql/quote.js'
import type {
  Cleared,
  ClearRequest,
  SeedCounts,
  SeedDriver,
  SeedEntry,
  SeedIdentity,
  Seeding,
  SeedPlace,
  SeedRow,
  SeedStore,
  TypedStore,
} from '../../seeding.js'
import { MessageFailure } from '../message.js'
import { opening } from '../opening.js'
import { compose } from '../parts.js'
import { shutOut } from '../statement-failure.js'
import type { WorkingSession } from '../working-session.js'
import { typedTables } from './describe.js'
import { noCounts } from './merge.js'
import { seedTables } from './table.js'
import { upsertRows } from './upsert.js'

const countWords = ['inserted', 'updated', 'unchanged', 'kept'] as const

/** Seeds of a PostgreSQL database, on the session that holds the runner's lock. */
export class PostgresSeeds implements SeedStore {
  readonly #current: () => WorkingSession

  /** @param current the session as it is at the moment: a run that begins gives another */
  constructor(current: () => WorkingSession) {
    this.#current = current
  }

  get typed(): TypedStore {
    return typedTables(this.#current().client)
  }

  async places(names: readonly string[]): Promise<Map<string, SeedPlace>> {
    const tables = await seedTables(this.#current().client, names)
    return new Map(
      [...tables].map(([asked, { name, columns, unique, references }]) => [
        asked,
        { name, columns: columns.map((column) => column.name), unique, references },
      ]),
    )
  }

  session(): SeedDriver {
    return { kind: 'table', client: this.#current().client }
  }

  async seed(identity: SeedIdentity, work: (seeding: Seeding) => Promise<void>): Promise<SeedCounts> {
    const session = this.#current()
    const { connection } = session
    await begin(session, identity.name)
    const counts = noCounts()
    try {
      await work({
        driver: { kind: 'table', client: session.client },
        note: async ({ inserted = [], updated = [], unchanged = 0, kept = 0 }) => {
          const noted = { inserted: inserted.length, updated: updated.length, unchanged, kept }
          for (const word of countWords) counts[word] += noted[word]
        },
        find: (place, where, columns) => find(session, place, where, columns),
        upsert: async (upsert) => {
          const put = await upsertRows(session, upsert)
          for (const word of countWords) counts[word] += put[word]
          return put
        },
      })
      await connection.send('COMMIT')
      return counts
    } catch (error) {
      if (connection.lost === undefined) await connection.send('ROLLBACK')
      throw error
    }
  }

  async history(): Promise<SeedEntry[]> {
    return []
  }

  async forecastClear(_request: ClearRequest): Promise<Cleared[]> {
    return []
  }

  async clear(_request: ClearRequest, _forecast: readonly Cleared[]): Promise<Cleared[]> {
    return []
  }
}

async function begin(session: WorkingSession, name: string): Promise<void> {
  const { connection } = session
  await connection.dropBegun()
  const parts = opening(session)
  try {
    await connection.send(compose(parts))
  } catch (error) {
    if (!(error instanceof MessageFailure) || connection.lost !== undefined) throw error
    await connection.send('ROLLBACK')
    throw shutOut({ name, file: undefined }, parts[error.completed], 'undone', error) ?? error
  }
}

// As text, so that no number loses digits on its way through JavaScript.
async function find(
  { client }: WorkingSession,
  place: string,
  where: readonly SeedRow[],
  columns: readonly string[],
): Promise<SeedRow[][]> {
  const table = (await seedTables(client, [place])).get(place)
  if (table === undefined)
    throw new GodwitError('GODWIT_SEED_PLACE', { seed: place, place, documents: false, pending: 0 })
  const list = columns.map((name) => `${ident(name)}::text`).join(', ')
  const found: SeedRow[][] = []
  for (const row of where) {
    const names = Object.keys(row)
    const conditions = names.map((name, i) =>
      row[name] === null ? `${ident(name)} IS NULL` : `${ident(name)} = $${i + 1}`,
    )
    const { rows } = await client.query(
      `SELECT ${list} FROM ${table.sql} WHERE ${['true', ...conditions].join(' AND ')} LIMIT 2`,
      names.map((name) => row[name]).filter((value) => value !== null),
    )
    found.push(rows)
  }
  return found
}

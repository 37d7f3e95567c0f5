import type {
  Cleared,
  ClearRequest,
  SeedCounts,
  SeedDriver,
  SeedEntry,
  SeedIdentity,
  Seeding,
  SeedPlace,
  SeedStore,
  TypedStore,
} from '../../seeding.js'
import type { WorkingSession } from '../working-session.js'
import { clear, forecastClear } from './clear.js'
import { typedTables } from './describe.js'
import { readHistory } from './history.js'
import { makeRecordTables } from './record-tables.js'
import { runSeed } from './run-seed.js'
import { seedTables } from './table.js'

/** Seeds of a PostgreSQL database, on the session that holds the runner's lock. */
export class PostgresSeeds implements SeedStore {
  readonly #current: () => WorkingSession
  #recorded: boolean | undefined

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
    return runSeed(this.#current(), identity, await this.#records(), work)
  }

  history(): Promise<SeedEntry[]> {
    return readHistory(this.#current())
  }

  forecastClear(request: ClearRequest): Promise<Cleared[]> {
    return forecastClear(this.#current(), request)
  }

  clear(request: ClearRequest, forecast: readonly Cleared[]): Promise<Cleared[]> {
    return clear(this.#current(), request, forecast)
  }

  async #records(): Promise<boolean> {
    this.#recorded ??= await makeRecordTables(this.#current())
    return this.#recorded
  }
}

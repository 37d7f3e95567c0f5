import { GodwitError, isGodwitError } from '../../../errors.js'
import { messageOf } from '../../left.js'
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
  Upsert,
} from '../../seeding.js'
import { withoutPassword } from '../connection-errors.js'
import { loadDriver } from '../driver.js'
import { mustHold } from '../holding.js'
import type { SeedDocument } from '../records.js'
import type { MongoSession } from '../session.js'
import type { Place } from '../url.js'
import { Bson } from './bson.js'
import { clear, forecast } from './clear.js'
import { dropFormer } from './entry.js'
import { findDocuments } from './find.js'
import { keptNames, newPlace, refusePlace, seedPlaces } from './places.js'
import { RowIds } from './row-ids.js'
import { takeBack } from './take-back.js'
import { UpsertAtWork } from './upsert.js'
import { SeedWork } from './work.js'

type Driver = Awaited<ReturnType<typeof loadDriver>>

/** Seeds of a MongoDB database, under the runner's lease. */
export class MongoSeeds implements SeedStore {
  readonly #session: MongoSession
  readonly #driver: Driver
  readonly #bson: Bson
  readonly #atWork: (name: string) => void
  #stopping = false
  #work: Promise<unknown> | undefined

  private constructor(session: MongoSession, driver: Driver, atWork: (name: string) => void) {
    this.#session = session
    this.#driver = driver
    this.#bson = new Bson(driver.BSON)
    this.#atWork = atWork
  }

  /** @param atWork told which seed begins */
  static async open(session: MongoSession, atWork: (name: string) => void): Promise<MongoSeeds> {
    return new MongoSeeds(session, await loadDriver(session.options.projectDir), atWork)
  }

  async places(names: readonly string[]): Promise<Map<string, SeedPlace>> {
    return seedPlaces(this.#session.connection.db, names)
  }

  session(): SeedDriver {
    const { client, db, place } = this.#session.connection
    return { kind: 'documents', client, db, session: undefined, url: place.url }
  }

  seed(identity: SeedIdentity, work: (seeding: Seeding) => Promise<void>): Promise<SeedCounts> {
    return this.#watched(async () => {
      await this.#takeBackUnfinished()
      this.#atWork(identity.name)
      const atWork = new SeedWork(this.#session, identity, this.#bson, () => this.#stopping)
      try {
        await work(this.#seeding(atWork))
        return await atWork.finish()
      } catch (error) {
        throw leaves(identity, error, await atWork.undo(), this.#session.connection.place)
      } finally {
        await atWork.end()
      }
    })
  }

  async history(): Promise<SeedEntry[]> {
    const { records, history } = this.#session
    const entries = await records.seeds.find({ history: history.name }, { sort: { _id: -1 } }).toArray()
    return entries.map(toEntry)
  }

  forecastClear(request: ClearRequest): Promise<Cleared[]> {
    return forecast(this.#session, request)
  }

  clear(request: ClearRequest, told: readonly Cleared[]): Promise<Cleared[]> {
    return this.#watched(async () => {
      const back = await this.#takeBackUnfinished()
      const taken = new Map((await clear(this.#session, request, told)).map(({ place, rows }) => [place, rows]))
      for (const [place, rows] of back) taken.set(place, rows + (taken.get(place) ?? 0))
      return [...taken].map(([place, rows]) => ({ place, rows }))
    })
  }

  /** Ends what is under way behind its batch; over when that is taken back. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#work?.catch(() => {})
  }

  #watched<T>(work: () => Promise<T>): Promise<T> {
    const working = work()
    this.#work = working
    return working
  }

  #seeding(work: SeedWork): Seeding {
    const places = new Map<string, SeedPlace>()
    return {
      driver: this.session(),
      note: (rows) => work.note(rows),
      find: (place, where, columns) => findDocuments(work, place, where, columns),
      upsert: async (upsert) => {
        if (!places.has(upsert.place)) places.set(upsert.place, await this.#place(upsert))
        work.begin()
        return new UpsertAtWork(work, upsert, new RowIds(this.#driver.ObjectId)).run()
      },
    }
  }

  async #place(upsert: Upsert): Promise<SeedPlace> {
    const { place: name, seed, file } = upsert
    if ((await keptNames(this.#session)).has(name))
      throw new GodwitError('GODWIT_SEED_INVALID', { reason: `The seed '${seed}' fills ${name}, a record.` }, { file })
    const place = (await seedPlaces(this.#session.connection.db, [name])).get(name) ?? newPlace(name)
    refusePlace(place, upsert)
    return place
  }

  // A runner that died in a seed left it half done.
  async #takeBackUnfinished(): Promise<Map<string, number>> {
    const { records, options } = this.#session
    const taken = new Map<string, number>()
    const unfinished = { $or: [{ outcome: 'open' as const }, { sweep: true as const }] }
    for (const { _id, name, sweep } of await records.seeds.find(unfinished, { sort: { _id: -1 } }).toArray()) {
      if (sweep) {
        await dropFormer(this.#session, _id)
        continue
      }
      const goOn = () => mustHold(this.#session, { name, file: undefined }, 'kept')
      for (const [place, rows] of await takeBack(this.#session, _id, goOn, this.#bson))
        taken.set(place, (taken.get(place) ?? 0) + rows)
      options.warn(
        `The seed '${name}' was stopped in the middle of an earlier run: what it had written was taken back.`,
      )
    }
    return taken
  }
}

function toEntry({ outcome, osUser, host, startedAt, ...entry }: SeedDocument): SeedEntry {
  const { name, hash, environment, inserted, updated, unchanged, kept, deleted } = entry
  const counts = { inserted, updated, unchanged, kept, deleted }
  const ended = outcome === 'open' ? 'failed' : outcome
  return { name, hash, environment, outcome: ended, ...counts, at: startedAt, by: `${osUser}@${host}` }
}

// What an error says is left must be so.
function leaves(seed: SeedIdentity, error: unknown, undone: boolean, place: Place): unknown {
  if (undone && seed.kind === 'rows') return error
  const left = undone ? 'unknown' : 'part'
  const hint = undone
    ? 'What its upserts wrote was taken back; what it wrote by itself is still there. When it is mended: godwit seed'
    : 'A part of what it wrote is still there. The next run takes that back before anything else: godwit seed'
  if (!isGodwitError(error)) {
    const reason = withoutPassword(messageOf(error), place.url)
    return new GodwitError('GODWIT_SEED_FAILED', { name: seed.name, reason }, { cause: error, left, hint })
  }
  if (error.code === 'GODWIT_LEASE_LOST') return error
  Object.assign(error.details, { left })
  return Object.assign(error, { hint })
}

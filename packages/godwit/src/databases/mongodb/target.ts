import { setTimeout as sleep } from 'node:timers/promises'
import type { LoggedRun, LogQuery } from '../../engine/log.js'
import type { Look, MigrationFile } from '../../engine/migration.js'
import { GodwitError, inProject } from '../../errors.js'
import type { HistoryCollection } from '../../formats/contract.js'
import type {
  CompiledStep,
  LoadedStep,
  LockHolder,
  LockOptions,
  OpenOptions,
  RunIdentity,
  ServerFacts,
  Settlement,
  Target,
} from '../contract.js'
import type { SeedStore } from '../seeding.js'
import { noteOutside, settle } from './by-hand.js'
import { compileStep } from './compile-step.js'
import { connect } from './connection.js'
import { dropEverything, listDroppable } from './drop.js'
import { readLog } from './log.js'
import { lookAt } from './look.js'
import { recordsOf } from './records.js'
import { beginRun, endRun, noteStop } from './run.js'
import { RunnerLock } from './runner-lock.js'
import type { MongoSeeds } from './seeding/store.js'
import { toServerError } from './server-errors.js'
import { serverFacts } from './server-facts.js'
import type { MongoSession } from './session.js'
import type { Place } from './url.js'

/** For how long a seed that was stopped may take back what it wrote. */
const SEED_GRACE_MS = 10_000

/** A database of documents. */
export class MongoTarget implements Target {
  readonly #session: MongoSession
  readonly #lock: RunnerLock
  #firstLook: Look | undefined
  #cancelled: Promise<void> | undefined
  #seeds: MongoSeeds | undefined

  private constructor(session: MongoSession, look: Look) {
    this.#session = session
    this.#firstLook = look
    this.#lock = new RunnerLock(session)
  }

  /** Connects and looks. Writes nothing. */
  static async open(place: Place, history: HistoryCollection, options: OpenOptions): Promise<MongoTarget> {
    const connection = await connect(place, options.projectDir)
    try {
      const session: MongoSession = {
        connection,
        server: await serverFacts(connection),
        options,
        history,
        records: recordsOf(connection.db, options.schema),
        fence: null,
        run: null,
        entries: 0,
      }
      return new MongoTarget(session, await lookAt(session))
    } catch (error) {
      await connection.client.close().catch(() => {})
      throw toServerError(error, connection.place)
    }
  }

  get server(): ServerFacts {
    return this.#session.server
  }

  async look(): Promise<Look> {
    const first = this.#firstLook
    this.#firstLook = undefined
    return first ?? lookAt(this.#session)
  }

  async lock(options: LockOptions): Promise<void> {
    await this.#lock.take(options)
    this.#firstLook = undefined
  }

  begin(_look: Look, identity: RunIdentity): Promise<boolean> {
    return beginRun(this.#session, identity)
  }

  adopt(files: readonly MigrationFile[]): Promise<void> {
    const entries = files.map(({ name, hash }) => ({ name, hash }))
    return noteOutside(this.#session, entries, 'adopted')
  }

  pass(names: readonly string[]): Promise<void> {
    const entries = names.map((name) => ({ name, hash: null }))
    return noteOutside(this.#session, entries, 'passed')
  }

  async setUp(): Promise<void> {
    throw new GodwitError('GODWIT_BUG', { what: 'a format of tables on MongoDB' })
  }

  async compile(step: LoadedStep): Promise<CompiledStep> {
    return compileStep(this.#session, step, (name) => this.#lock.at(name))
  }

  settle(name: string, file: MigrationFile | undefined, as: Settlement, recorded: boolean): Promise<void> {
    return settle(this.#session, name, file, as, recorded)
  }

  async end(outcome: 'done' | 'failed'): Promise<void> {
    await this.#cancelled
    await endRun(this.#session, outcome).catch(() => {})
    await this.#lock.giveBack()
  }

  log(query: LogQuery): Promise<LoggedRun[]> {
    return readLog(this.#session, query)
  }

  lockHolder(): Promise<LockHolder | null> {
    return this.#lock.holder()
  }

  unlock(force: string | undefined): Promise<{ holder: LockHolder | null; released: boolean }> {
    return this.#lock.unlock(force)
  }

  async protect(on: boolean): Promise<void> {
    const { settings } = this.#session.records
    if (on) await settings.updateOne({ _id: 'production' }, { $set: { value: true } }, { upsert: true })
    else await settings.deleteOne({ _id: 'production' })
  }

  droppable(): Promise<string[]> {
    return listDroppable(this.#session)
  }

  drop(listed: readonly string[]): Promise<void> {
    return dropEverything(this.#session, listed)
  }

  async seeding(): Promise<SeedStore> {
    const { MongoSeeds } = await import('./seeding/store.js')
    this.#seeds ??= await MongoSeeds.open(this.#session, (name) => this.#lock.at(name))
    return this.#seeds
  }

  explain(error: unknown): unknown {
    const { connection, options } = this.#session
    return inProject(toServerError(error, connection.place), options.projectDir)
  }

  /** There is no message that cancels: the client is closed, and with it goes what its connections have under way. */
  cancel(): Promise<void> {
    this.#cancelled ??= this.#stopSeeds()
      .then(() => this.#cutOff())
      .catch(() => {})
    return this.#cancelled
  }

  // A seed is taken back behind its batch, by its own client.
  async #stopSeeds(): Promise<void> {
    if (this.#seeds === undefined) return
    await Promise.race([this.#seeds.stop(), sleep(SEED_GRACE_MS, undefined, { ref: false })])
  }

  // Behind the lease another runner may begin: by then nothing more of this one may reach the server.
  async #cutOff(): Promise<void> {
    const { connection, options, run } = this.#session
    await connection.client.close()
    const other = await connect(connection.place, options.projectDir)
    const records = recordsOf(other.db, options.schema)
    await noteStop({ records, run }).catch(() => {})
    await this.#lock.giveBack({ connection: other, records })
    await other.client.close()
  }

  async close(): Promise<void> {
    await this.#cancelled
    await this.#lock.giveBack()
    await this.#session.connection.client.close().catch(() => {})
  }
}

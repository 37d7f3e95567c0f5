import type pg from 'pg'
import type { LoggedRun, LogQuery } from '../../engine/log.js'
import type { Look, MigrationFile } from '../../engine/migration.js'
import { inProject, isGodwitError } from '../../errors.js'
import type { HistoryTable } from '../../formats/contract.js'
import type { SchemaFacts } from '../../impact/facts.js'
import type { Check } from '../../preflight/check.js'
import type { Demands, PreflightOptions } from '../../preflight/finding.js'
import type {
  CompiledStep,
  LoadedStep,
  LockHolder,
  LockOptions,
  OpenOptions,
  RunIdentity,
  ServerFacts,
  Settlement,
  StepOutcome,
  Target,
} from '../contract.js'
import { leaseLost } from '../left.js'
import type { SeedStore } from '../seeding.js'
import { markProduction, noteOutside, settle } from './by-hand.js'
import { compileStep } from './compile-step.js'
import { Connection } from './connection.js'
import type { ConnectionSettings } from './connection-settings.js'
import { dropEverything, listDroppable } from './drop.js'
import { Journal } from './journal.js'
import { Lease } from './lock/lease.js'
import { RunnerLock } from './lock/runner-lock.js'
import { lockHolder, unlock } from './lock/unlock.js'
import { readLog } from './log.js'
import { lookAt } from './look.js'
import { outcomeAfterLoss } from './lost.js'
import { makeHistory, openRun } from './open-run.js'
import { prepared } from './prepared.js'
import { toServerError } from './server-errors.js'
import { applySettings, sessionSettings } from './settings.js'
import { runPolitely } from './waiting/run-politely.js'
import { historyName, type WorkingSession } from './working-session.js'

/** A PostgreSQL database, over a socket or embedded, on one dedicated session. */
export class PostgresTarget implements Target {
  /** Set by the embedded one. */
  archive?: NonNullable<Target['archive']>
  readonly #settings: ConnectionSettings
  #session: WorkingSession
  readonly #lock: RunnerLock
  #firstLook: Look | undefined
  /** A step runs code of the project's, which may block this thread. */
  #runsCode = false

  private constructor(settings: ConnectionSettings, session: WorkingSession, look: Look) {
    this.#settings = settings
    this.#session = session
    this.#firstLook = look
    const { options, pooled, lease } = session
    this.#lock = new RunnerLock({
      ...options,
      lease,
      pooled,
      // Before a run is open nothing is under way: the lease is only taken again.
      onLost: () => {
        if (this.#session.run !== null) this.cancel().catch(() => {})
      },
      onTrouble: (message) => options.onNotice?.(message),
    })
  }

  /** Connects and looks, in one round trip behind the handshake. Writes nothing. */
  static async open(settings: ConnectionSettings, table: HistoryTable, options: OpenOptions): Promise<PostgresTarget> {
    const connection = await Connection.open(settings, options.projectDir)
    try {
      const { server, look, history, backend } = await lookAt(connection.client, table, options.schema)
      if (options.onNotice !== undefined) {
        const { onNotice } = options
        connection.client.on('notice', (notice) => onNotice(notice.message ?? ''))
      }
      const session: WorkingSession = {
        connection,
        client: connection.client,
        server,
        options,
        table,
        history: historyName(history),
        journal: new Journal(options.schema, `${history.schema}.${history.name}`),
        journaled: look.journal === 'ready',
        pooled: options.pooled ?? connection.isPooled(backend),
        lease: new Lease(options.schema),
        fence: null,
        run: null,
        prepared: false,
        unfinished: null,
        settings: sessionSettings(options, settings.stream !== undefined),
      }
      return new PostgresTarget(settings, session, look)
    } catch (error) {
      await connection.close()
      // Nobody holds a target yet that could explain it.
      throw toServerError(error, settings.address)
    }
  }

  get server(): ServerFacts {
    return this.#session.server
  }

  async look(): Promise<Look> {
    const first = this.#firstLook
    this.#firstLook = undefined
    if (first !== undefined) return first
    const { client, table, options } = this.#session
    return (await lookAt(client, table, options.schema)).look
  }

  async lock(options: LockOptions): Promise<void> {
    const { connection, journaled } = this.#session
    await this.#lock.take(connection, journaled && !connection.embedded, options)
    // What was seen before the lock may be out of date (rule 1).
    this.#firstLook = undefined
    const settings = await applySettings(this.#session)
    this.#session = { ...this.#session, fence: this.#lock.fence, settings }
    // Through a pooler the lease is held from here on, while everything is loaded and somebody may be asked.
    this.#lock.keepAlive(connection, true)
  }

  async begin(look: Look, identity: RunIdentity): Promise<boolean> {
    const { session, waited } = await openRun(this.#session, this.#lock, look, identity)
    const failed = look.rows.filter((row) => row.outcome !== 'applied').map((row) => row.name)
    this.#session = await prepared({ ...session, unfinished: waited ? null : new Set(failed) })
    this.#lock.keepAlive(session.connection, this.#runsCode)
    // Whoever was waited for may have made it.
    const { historyExists } = waited ? await this.look() : look
    if (!historyExists) await makeHistory(session)
    return waited
  }

  adopt(files: readonly MigrationFile[]): Promise<void> {
    const entries = files.map(({ name, hash }) => ({ name, hash }))
    return noteOutside(this.#session, entries, 'adopted')
  }

  pass(names: readonly string[]): Promise<void> {
    const entries = names.map((name) => ({ name, hash: null }))
    return noteOutside(this.#session, entries, 'passed')
  }

  async setUp(prepare: (client: pg.Client) => Promise<void>): Promise<void> {
    await prepare(this.#session.client)
  }

  async compile(step: LoadedStep): Promise<CompiledStep> {
    this.#runsCode ||= step.body.kind !== 'script'
    return compileStep(step, {
      session: () => this.#session,
      run: (options, mayRetry, work) => {
        this.#lock.at(step.name)
        const politely = () => runPolitely(this.#settings, this.#session, step, options, mayRetry, work)
        return this.#survivingLoss(step, politely)
      },
    })
  }

  // A connection lost in the middle leaves the outcome unknown until the history has told it (rule 14).
  async #survivingLoss(step: LoadedStep, work: () => Promise<StepOutcome>): Promise<StepOutcome> {
    try {
      return await work()
    } catch (error) {
      if (this.#session.connection.lost === undefined) {
        if (!this.#lock.lost || (isGodwitError(error) && error.code === 'GODWIT_LEASE_LOST')) throw error
        const left = isGodwitError(error) ? error.details.left : undefined
        throw leaseLost(step, left === 'nothing' ? 'undone' : left === 'part' ? 'kept' : 'unknown', error)
      }
      const { outcome, connection } = await outcomeAfterLoss(this.#settings, this.#session, step, this.#lock, error)
      this.#session = {
        ...this.#session,
        connection,
        client: connection.client,
        fence: this.#lock.fence,
        prepared: false,
        unfinished: null,
      }
      return outcome
    }
  }

  settle(name: string, file: MigrationFile | undefined, as: Settlement, recorded: boolean): Promise<void> {
    return settle(this.#session, { name, file }, as, recorded)
  }

  async end(outcome: 'done' | 'failed'): Promise<void> {
    const { journal, journaled, run, connection } = this.#session
    if (connection.lost === undefined) await connection.dropBegun()
    if (journaled && run !== null && connection.lost === undefined)
      await connection.send(journal.endRun(run, outcome)).catch(() => {})
    await this.#lock.giveBack(connection)
  }

  log(query: LogQuery): Promise<LoggedRun[]> {
    return readLog(this.#session.client, this.#session.journal, query)
  }

  lockHolder(): Promise<LockHolder | null> {
    return lockHolder(this.#session)
  }

  unlock(force: string | undefined): Promise<{ holder: LockHolder | null; released: boolean }> {
    return unlock(this.#session, force)
  }

  async protect(on: boolean): Promise<void> {
    return markProduction(this.#session, (await this.look()).journal === 'ready', on)
  }

  droppable(): Promise<string[]> {
    return listDroppable(this.#session)
  }

  drop(listed: readonly string[]): Promise<void> {
    return dropEverything(this.#session, listed)
  }

  async facts(names?: readonly string[]): Promise<SchemaFacts> {
    const { readFacts } = await import('./facts/read-facts.js')
    return readFacts(this.#session.client, this.#session.options.searchPath, names)
  }

  async hasRows(): Promise<boolean> {
    const { hasRows } = await import('./preflight/has-rows.js')
    return hasRows(this.#session)
  }

  async inspect(checks: readonly Check[], demands: Demands, options: PreflightOptions) {
    const [{ answer }, { inTheWay }] = await Promise.all([
      import('./preflight/answer.js'),
      import('./preflight/in-the-way.js'),
    ])
    const { client } = this.#session
    return { answers: await answer(client, checks, options), others: await inTheWay(client, demands) }
  }

  async seeding(): Promise<SeedStore> {
    const { PostgresSeeds } = await import('./seeding/store.js')
    return new PostgresSeeds(() => this.#session)
  }

  explain(error: unknown): unknown {
    return inProject(toServerError(error, this.#settings.address), this.#session.options.projectDir)
  }

  cancel(): Promise<void> {
    return this.#session.connection.cancel(this.#session.options.projectDir)
  }

  async close(): Promise<void> {
    const { connection } = this.#session
    await this.#lock.giveBack(connection)
    await connection.close()
  }
}

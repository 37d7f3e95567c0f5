import { hostname } from 'node:os'
import type pg from 'pg'
import type { LoggedRun, LogQuery } from '../../engine/log.js'
import type { Look, MigrationFile } from '../../engine/migration.js'
import { GodwitError, inProject, isGodwitError } from '../../errors.js'
import type { HistoryTable } from '../../formats/contract.js'
import { loadParser } from '../../sql/classify.js'
import { ident } from '../../sql/quote.js'
import type {
  CompiledStep,
  DescribedStep,
  LoadedStep,
  LockHolder,
  LockOptions,
  OpenOptions,
  RunIdentity,
  ServerFacts,
  Settlement,
  StepOptions,
  StepOutcome,
  Target,
} from '../contract.js'
import { type CompiledScript, prepareScript } from './compile.js'
import { Connection } from './connection.js'
import type { ConnectionSettings } from './connection-settings.js'
import { describeCollected, describeFunction, describeScript } from './describe.js'
import { dropEverything, listDroppable } from './drop.js'
import { Journal } from './journal.js'
import { Lease, userName } from './lock/lease.js'
import { RunnerLock, refuseUnguarded } from './lock/runner-lock.js'
import { lockHolder, unlock } from './lock/unlock.js'
import { readLog } from './log.js'
import { lookAt } from './look.js'
import { outcomeAfterLoss } from './lost.js'
import { type JournalRights, journalRights, makeJournal } from './make-journal.js'
import { begin } from './opening.js'
import { checkResumable } from './recover/check.js'
import { runnerOf } from './recover/runner.js'
import { runApart } from './run-apart.js'
import { type KnownStatements, runCollected } from './run-collected.js'
import { runFunction } from './run-function.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import { rightLacking, toServerError } from './server-errors.js'
import { leaseLost } from './statement-failure.js'
import type { AttemptOptions } from './waiting/attempt.js'
import { UserCode } from './waiting/grace.js'
import { runPolitely } from './waiting/run-politely.js'
import { timeoutSettings } from './waiting/timeouts.js'
import { historyName, type WorkingSession } from './working-session.js'

const POOLED_PEER =
  "The connection goes through a transaction pooler, which cannot hold the lock of the format's own tool between migrations: do not run that tool at the same time."

/** A PostgreSQL database, over a socket or embedded, on one dedicated session. */
export class PostgresTarget implements Target {
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
      onLost: () => void this.cancel().catch(() => {}),
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
    // Something will be run: by the time the lock is there, so is the parser.
    loadParser().catch(() => {})
    const { connection, journaled } = this.#session
    await this.#lock.take(connection, journaled && !connection.embedded, options)
    // What was seen before the lock may be out of date (rule 1).
    this.#firstLook = undefined
    this.#session = { ...this.#session, fence: this.#lock.fence }
    await this.#applySettings()
  }

  // A setting that this server does not have is left out. A pooler's session is only asked: others have it next.
  async #applySettings(): Promise<void> {
    const { connection, pooled, settings } = this.#session
    const apply = async (some: readonly string[]): Promise<boolean> => {
      const tried = pooled ? ['BEGIN', ...some.map(localSetting), 'ROLLBACK'] : some
      try {
        await connection.send(tried.join(';\n'))
        return true
      } catch {
        if (pooled) await connection.send('ROLLBACK')
        return false
      }
    }
    if (await apply(settings)) return
    const accepted: string[] = []
    for (const setting of settings) if (await apply([setting])) accepted.push(setting)
    this.#session.settings = accepted
  }

  async begin(look: Look, identity: RunIdentity): Promise<boolean> {
    const leased = await this.#prepareJournal(look)
    const waited = await this.#openRun(identity, leased)
    // Whoever was waited for may have made it.
    const { historyExists } = waited ? await this.look() : look
    if (!historyExists) await this.#makeHistory()
    return waited
  }

  /** Whether there is a lease to take. */
  async #prepareJournal(look: Look): Promise<boolean> {
    const { journal, options, connection } = this.#session
    let rights: JournalRights = { journal: look.journal !== 'denied', lease: 'absent' }
    if (look.journal === 'ready') rights = await journalRights(this.#session)
    if (rights.journal && rights.lease === 'absent') {
      const made = (await makeJournal(this.#session)) === 'ready'
      rights = { journal: made || look.journal === 'ready', lease: made ? 'ready' : 'denied' }
    }
    this.#session = { ...this.#session, journaled: rights.journal }
    if (!rights.journal)
      options.warn(
        `No right to keep a journal in schema '${journal.schema}': runs are not recorded there. What a DBA can run: godwit init --print-sql`,
      )
    return rights.journal && rights.lease === 'ready' && !connection.embedded
  }

  async #makeHistory(): Promise<void> {
    const { table, history, connection } = this.#session
    try {
      if (table.createSchema && table.schema !== null)
        await connection.send(`CREATE SCHEMA IF NOT EXISTS ${ident(table.schema)}`)
      await connection.send(table.create(history))
    } catch (error) {
      throw rightLacking(`creating the history table ${history}`, error)
    }
  }

  // Without a lease there is still the session's lock; a pooler's session has none.
  async #openRun(identity: RunIdentity, leased: boolean): Promise<boolean> {
    const { journal, journaled, connection, pooled, options } = this.#session
    if (!leased && pooled) throw refuseUnguarded(journal.schema)
    if (pooled && options.peerLocks.length > 0) options.warn(POOLED_PEER)
    if (!journaled) return false
    if (leased) {
      const { run, waited } = await this.#lock.takeLease(connection, identity)
      this.#session = { ...this.#session, run, fence: this.#lock.fence }
      this.#lock.keepAlive(connection, this.#runsCode)
      return waited
    }
    const who = { ...identity, host: hostname(), osUser: userName(), pid: process.pid }
    const { lastRow } = await connection.send(journal.beginRun(who))
    this.#session = { ...this.#session, run: lastRow[0] ?? null }
    return false
  }

  async adopt(files: readonly MigrationFile[]): Promise<void> {
    await this.#note(
      files.map((file) => ({ name: file.name, hash: file.hash })),
      'adopted',
    )
  }

  async pass(names: readonly string[]): Promise<void> {
    await this.#note(
      names.map((name) => ({ name, hash: null })),
      'passed',
    )
  }

  async #note(entries: { name: string; hash: string | null }[], outcome: 'adopted' | 'passed'): Promise<void> {
    const { journal, journaled, run, connection } = this.#session
    if (!journaled || entries.length === 0) return
    const rows = entries.map((entry) =>
      journal.insert(run, { ...entry, direction: 'up', outcome, mode: null, statements: [] }),
    )
    await connection.send(rows.join(';\n'))
  }

  async setUp(prepare: (client: pg.Client) => Promise<void>): Promise<void> {
    await prepare(this.#session.client)
  }

  async compile(step: LoadedStep): Promise<CompiledStep> {
    const { body } = step
    const { pooled } = this.#session
    const run =
      (work: (options: AttemptOptions) => Promise<StepOutcome>, mayRetry: () => boolean) => (options: StepOptions) => {
        this.#lock.at(step.name)
        const politely = () => runPolitely(this.#settings, this.#session, step, options, mayRetry, work)
        return this.#survivingLoss(step, politely)
      }
    this.#runsCode ||= body.kind !== 'script'
    const code = new UserCode()
    if (body.kind === 'function') {
      // What was begun as a script is a function now.
      if (step.resume !== undefined) throw new GodwitError('GODWIT_UNFINISHED', { names: [step.name] })
      if (pooled && !body.transaction) throw needsDirect(step, 'runs without a transaction')
      const watched = { ...body, run: code.watched(body.run) }
      return {
        step,
        inFunction: () => code.running,
        describe: async () => describeFunction(step, body.transaction),
        run: run(
          (options) => runFunction(this.#session, step, watched, options),
          () => body.retry === true,
        ),
      }
    }
    if (body.kind === 'collected') {
      const known: KnownStatements = {}
      const watched = { ...body, collect: code.watched(body.collect) }
      return {
        step,
        inFunction: () => code.running,
        describe: () => this.#describeCollected(step, body.collect),
        run: run(
          (options) => runCollected(this.#session, step, watched, options, known),
          () => body.retry === true || known.compiled !== undefined,
        ),
      }
    }
    const { compiled } = await prepareScript(body.script, step.name, body.transaction)
    const { resume } = step
    if (resume !== undefined) checkResumable(step, resume, compiled())
    if (pooled) refuseWithoutSession(step, compiled())
    const runners = { one: runAsOne, none: runApart, own: runApart, 'one, else split': runOneElseSplit }
    return {
      step,
      // What it may throw was thrown by prepareScript.
      warmUp: () => void compiled(),
      describe: async () => describeScript(step, compiled(), 'sql'),
      run: run(
        async (options) => {
          const runner = resume === undefined ? runners[compiled().mode] : runnerOf(resume, compiled())
          return runner(this.#session, step, compiled(), options)
        },
        () => true,
      ),
    }
  }

  #describeCollected(step: LoadedStep, collect: Parameters<typeof describeCollected>[2]): Promise<DescribedStep> {
    return describeCollected(this.#session, step, collect)
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
      this.#session = { ...this.#session, connection, client: connection.client, fence: this.#lock.fence }
      return outcome
    }
  }

  async settle(name: string, file: MigrationFile | undefined, as: Settlement, recorded: boolean): Promise<void> {
    const { connection, table, history, journal, journaled, run } = this.#session
    const record = { name, file, statements: 0, startedAt: 'now()' }
    const parts: string[] = []
    if (as === 'rolled-back') parts.push(table.resolveRolledBack(history, record))
    else if (!recorded) parts.push(table.resolveApplied(history, record))
    else if (table.acceptContent !== undefined) parts.push(table.acceptContent(history, record))
    if (journaled) {
      const direction = as === 'applied' ? 'up' : 'down'
      const hash = file?.hash ?? null
      parts.push(
        journal.closeOpen(name, 'settled'),
        journal.insert(run, { name, direction, outcome: 'settled', hash, mode: null, statements: [] }),
      )
    }
    await begin(this.#session, { name, file })
    await connection.send([...parts, 'COMMIT'].join(';\n'))
  }

  async end(outcome: 'done' | 'failed'): Promise<void> {
    const { journal, journaled, run, connection } = this.#session
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
    const { journal, connection } = this.#session
    // A schema that a DBA made is used as it is, also by a role that could not have made it.
    const made = (await this.look()).journal === 'ready' ? 'ready' : await makeJournal(this.#session)
    const what = `the production mark in schema '${journal.schema}'`
    const reason = 'CREATE on the database is needed, or what godwit init --print-sql prints'
    if (made !== 'ready') throw new GodwitError('GODWIT_PERMISSION', { what, reason })
    try {
      // Who may destroy data here must be able to read the mark, whatever else of the journal is closed.
      const s = ident(journal.schema)
      const readable = on ? [`GRANT USAGE ON SCHEMA ${s} TO PUBLIC`, `GRANT SELECT ON ${s}.setting TO PUBLIC`] : []
      await connection.send([...readable, journal.setProduction(on)].join(';\n'))
    } catch (error) {
      throw connection.lost === undefined ? rightLacking(what, error) : error
    }
  }

  droppable(): Promise<string[]> {
    return listDroppable(this.#session)
  }

  drop(listed: readonly string[]): Promise<void> {
    return dropEverything(this.#session, listed)
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

// What is not one transaction needs the same session from its first statement to its last.
function refuseWithoutSession(step: LoadedStep, { mode, facts }: CompiledScript): void {
  const { tag } = facts.because ?? {}
  if (mode === 'none')
    throw needsDirect(
      step,
      tag === undefined ? 'asks for no transaction' : `has a ${tag}, which runs outside of a transaction`,
    )
  if (mode === 'own') throw needsDirect(step, 'begins and ends transactions of its own')
}

function needsDirect({ name, file }: LoadedStep, why: string): GodwitError {
  return new GodwitError('GODWIT_POOLER_NEEDS_DIRECT', { name, why }, { file: file.file, left: 'nothing' })
}

/** A `SET` for the transaction only. */
function localSetting(setting: string): string {
  return setting.replace(/^SET /, 'SET LOCAL ')
}

// A node that vanished, or a client that died, is noticed within seconds (rule 2).
const WATCHED = [
  "SET client_connection_check_interval = '1s'",
  'SET tcp_keepalives_idle = 10',
  'SET tcp_keepalives_interval = 5',
  'SET tcp_keepalives_count = 3',
]

function sessionSettings(options: OpenOptions, embedded: boolean): string[] {
  const settings: string[] = []
  if (!embedded) settings.push(...WATCHED)
  if (options.searchPath !== undefined) settings.push(`SET search_path TO ${options.searchPath.map(ident).join(', ')}`)
  return [...settings, ...timeoutSettings(options)]
}

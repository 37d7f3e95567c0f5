import { hostname, userInfo } from 'node:os'
import type pg from 'pg'
import type { LoggedRun, LogQuery } from '../../engine/log.js'
import type { Look, MigrationFile } from '../../engine/migration.js'
import { GodwitError, inProject } from '../../errors.js'
import type { HistoryTable } from '../../formats/contract.js'
import { loadParser } from '../../sql/classify.js'
import { ident } from '../../sql/quote.js'
import type {
  CompiledStep,
  DescribedStep,
  LoadedStep,
  LockOptions,
  OpenOptions,
  RunIdentity,
  ServerFacts,
  Settlement,
  StepOptions,
  StepOutcome,
  Target,
} from '../contract.js'
import { prepareScript } from './compile.js'
import { Connection } from './connection.js'
import type { ConnectionSettings } from './connection-settings.js'
import { describeCollected, describeFunction, describeScript } from './describe.js'
import { dropEverything, listDroppable } from './drop.js'
import { Journal, RUNNER_LOCK } from './journal.js'
import { takeLocks } from './lock.js'
import { readLog } from './log.js'
import { lookAt } from './look.js'
import { outcomeAfterLoss } from './lost.js'
import { makeJournal, mayWriteJournal } from './make-journal.js'
import { runApart } from './run-apart.js'
import { runCollected } from './run-collected.js'
import { runFunction } from './run-function.js'
import { runAsOne } from './run-one.js'
import { runOneElseSplit } from './run-split.js'
import { rightLacking, toServerError } from './server-errors.js'
import { timeoutSettings } from './waiting/timeouts.js'
import { historyName, type WorkingSession } from './working-session.js'

/** A PostgreSQL database, over a socket or embedded, on one dedicated session. */
export class PostgresTarget implements Target {
  readonly #settings: ConnectionSettings
  #session: WorkingSession
  #firstLook: Look | undefined
  #lock: LockOptions | undefined

  private constructor(settings: ConnectionSettings, session: WorkingSession, look: Look) {
    this.#settings = settings
    this.#session = session
    this.#firstLook = look
  }

  /** Connects and looks, in one round trip behind the handshake. Writes nothing. */
  static async open(settings: ConnectionSettings, table: HistoryTable, options: OpenOptions): Promise<PostgresTarget> {
    const connection = await Connection.open(settings, options.projectDir)
    try {
      const { server, look, history } = await lookAt(connection.client, table, options.schema)
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
        run: null,
        settings: sessionSettings(options, settings.stream !== undefined),
      }
      return new PostgresTarget(settings, session, look)
    } catch (error) {
      await connection.close()
      throw error
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
    this.#lock = options
    // Something will be run: by the time the lock is there, so is the parser.
    loadParser().catch(() => {})
    await takeLocks(this.#session.client, [RUNNER_LOCK, ...this.#session.options.peerLocks], options)
    // What was seen before the lock may be out of date (rule 1).
    this.#firstLook = undefined
    await this.#applySettings()
  }

  // A setting that this server does not have is left out.
  async #applySettings(): Promise<void> {
    const accepted: string[] = []
    for (const setting of this.#session.settings) {
      const done = await this.#session.connection.send(setting).then(
        () => true,
        () => false,
      )
      if (done) accepted.push(setting)
    }
    this.#session.settings = accepted
  }

  async prepare(look: Look): Promise<void> {
    const { journal, table, history, options, connection } = this.#session
    let { journal: state } = look
    if (state === 'absent') state = await makeJournal(this.#session)
    else if (state === 'ready' && !(await mayWriteJournal(this.#session))) state = 'denied'
    this.#session = { ...this.#session, journaled: state === 'ready' }
    if (state === 'denied')
      options.warn(
        `No right to keep a journal in schema '${journal.schema}': runs are not recorded there What a DBA can run: godwit init --print-sql`,
      )
    if (!look.historyExists) {
      try {
        if (table.createSchema && table.schema !== null)
          await connection.send(`CREATE SCHEMA IF NOT EXISTS ${ident(table.schema)}`)
        await connection.send(table.create(history))
      } catch (error) {
        throw rightLacking(`creating the history table ${history}`, error)
      }
    }
  }

  async begin(identity: RunIdentity): Promise<void> {
    const { journal, journaled, connection } = this.#session
    if (!journaled) return
    const who = { ...identity, host: hostname(), osUser: userName(), pid: process.pid }
    const { lastRow } = await connection.send(journal.beginRun(who))
    this.#session = { ...this.#session, run: lastRow[0] ?? null }
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
    const run = (work: (options: StepOptions) => Promise<StepOutcome>) => (options: StepOptions) =>
      this.#survivingLoss(step, () => work(options))
    if (body.kind === 'function') {
      return {
        step,
        describe: async () => describeFunction(step, body.transaction),
        run: run(() => runFunction(this.#session, step, body)),
      }
    }
    if (body.kind === 'collected') {
      return {
        step,
        describe: () => this.#describeCollected(step, body.collect),
        run: run((options) => runCollected(this.#session, step, body.collect, options)),
      }
    }
    const { compiled } = await prepareScript(body.script, step.name, body.transaction)
    const runners = { one: runAsOne, none: runApart, own: runApart, 'one, else split': runOneElseSplit }
    return {
      step,
      // What it may throw was thrown by prepareScript.
      warmUp: () => void compiled(),
      describe: async () => describeScript(step, compiled(), 'sql'),
      run: run(async (options) => runners[compiled().mode](this.#session, step, compiled(), options)),
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
      if (this.#session.connection.lost === undefined) throw error
      const { outcome, connection } = await outcomeAfterLoss(this.#settings, this.#session, step, this.#lock, error)
      this.#session = { ...this.#session, connection, client: connection.client }
      return outcome
    }
  }

  async settle(name: string, file: MigrationFile | undefined, as: Settlement, recorded: boolean): Promise<void> {
    const { connection, table, history, journal, journaled, run } = this.#session
    const record = { name, file, statements: 0, startedAt: 'now()' }
    const parts = ['BEGIN']
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
    await connection.send([...parts, 'COMMIT'].join(';\n'))
  }

  async end(outcome: 'done' | 'failed'): Promise<void> {
    const { journal, journaled, run, connection } = this.#session
    if (!journaled || run === null || connection.lost !== undefined) return
    await connection.send(journal.endRun(run, outcome)).catch(() => {})
  }

  log(query: LogQuery): Promise<LoggedRun[]> {
    return readLog(this.#session.client, this.#session.journal, query)
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

  close(): Promise<void> {
    return this.#session.connection.close()
  }
}

function sessionSettings(options: OpenOptions, embedded: boolean): string[] {
  const settings: string[] = []
  // An orphaned statement ends within seconds of its client (rule 2).
  if (!embedded) settings.push("SET client_connection_check_interval = '1s'")
  if (options.searchPath !== undefined) settings.push(`SET search_path TO ${options.searchPath.map(ident).join(', ')}`)
  return [...settings, ...timeoutSettings(options)]
}

function userName(): string {
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

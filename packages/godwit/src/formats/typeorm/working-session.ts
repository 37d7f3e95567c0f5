import type pg from 'pg'
import { GodwitError, isGodwitError } from '../../errors.js'
import { notingCalls } from '../../loading/call-site.js'
import { reasonOf } from '../../loading/error-facts.js'
import { isOwnMethod } from '../../loading/own-method.js'
import type { FormatContext } from '../contract.js'
import { entityError } from './entity-errors.js'
import { isLogged, typeormLogger } from './typeorm-logger.js'
import type { DataSource, PgModule, PoolCallback, QueryRunner } from './typeorm-shapes.js'

/** OID of PostgreSQL's `bigint`. */
const int8 = 20

/**
 * Lets a DataSource work on one given client and nowhere else: its driver gets a `pg` whose pool always hands out that
 * client, so query runners, managers and repositories all see the step's open transaction.
 */
export class WorkingSession {
  private readonly dataSource: DataSource
  private readonly entities: readonly unknown[]
  private readonly context: Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>
  /** For errors. */
  private readonly file: string
  private client: pg.Client | undefined
  /** The runner of the migration at work. */
  private main: QueryRunner | undefined
  private runners = 0
  private parseInt8 = false
  /** The project makes query runners of its own. */
  private hasOwnRunners = false
  /** Something stands in the place of TypeORM's own `query`. */
  private isWrapped: boolean | undefined
  private initialize: () => Promise<unknown> = () => Promise.resolve()
  private readonly giveBack: () => void

  constructor(
    dataSource: DataSource,
    entities: readonly unknown[],
    file: string,
    context: Pick<FormatContext, 'projectDir' | 'warn' | 'verbose'>,
  ) {
    this.dataSource = dataSource
    this.entities = entities
    this.file = file
    this.context = context
    this.giveBack = this.takeOver()
  }

  /** The DataSource wants queries to be logged, or slow ones, or something of the project's stands before them. */
  get tellsQueries(): boolean {
    const { dataSource } = this
    const { logging, maxQueryExecutionTime } = dataSource.options
    if (this.hasOwnRunners || isLogged(logging, 'query') || maxQueryExecutionTime !== undefined) return true
    if (!dataSource.isInitialized) return true
    this.isWrapped ??= !isOwnMethod(Object.getPrototypeOf(dataSource.createQueryRunner()).query, 'query')
    return this.isWrapped
  }

  /** Understands the entities, ahead of the client. What is wrong with them is thrown again when there is one. */
  async understand(): Promise<void> {
    if (!this.dataSource.isInitialized) await this.dataSource.buildMetadatas()
  }

  /** Initializes the DataSource: extensions that its entities need are created, and `typeorm_metadata`. */
  async prepare(client: pg.Client): Promise<void> {
    await this.attach(client)
    const runner = this.dataSource.createQueryRunner()
    try {
      await this.dataSource.driver.createSchemaBuilder().createMetadataTableIfNecessary?.(runner)
    } finally {
      await runner.release()
    }
  }

  /** Gives `migrate` a query runner on `client`. `transaction`: one is open, so the migration's own are savepoints. */
  async run(
    client: pg.Client,
    transaction: boolean,
    migrate: (runner: QueryRunner) => Promise<unknown>,
  ): Promise<void> {
    await this.attach(client)
    const runner = this.enter(client, transaction)
    try {
      await runner.connect()
      await runner.beforeMigration()
      await migrate(runner)
      await runner.afterMigration()
    } finally {
      await this.leave(client, runner)
    }
  }

  /**
   * Gives the DataSource on `client` as the application has it, its subscribers too. Nothing is created by that.
   *
   * @param transaction one is open, so those of the ORM are savepoints; absent: it is only asked what its entities are
   * @returns with what ends it
   */
  async lend(
    client: pg.Client,
    transaction?: { subscribers: unknown[] },
  ): Promise<{ dataSource: DataSource; end: () => Promise<void> }> {
    const { dataSource } = this
    if (!dataSource.isInitialized) dataSource.setOptions({ installExtensions: false })
    await this.attach(client)
    if (transaction === undefined) return { dataSource, end: async () => {} }
    const runner = this.enter(client, true)
    dataSource.subscribers = transaction.subscribers
    const end = (): Promise<void> => {
      dataSource.subscribers = []
      return this.leave(client, runner)
    }
    return { dataSource, end }
  }

  private enter(client: pg.Client, transaction: boolean): QueryRunner {
    const runner = this.dataSource.createQueryRunner()
    if (transaction) enterTransaction(runner, 1)
    this.main = runner
    if (this.parseInt8) client.setTypeParser(int8, (value: string) => Number.parseInt(value, 10))
    return runner
  }

  private async leave(client: pg.Client, runner: QueryRunner): Promise<void> {
    if (this.parseInt8) client.setTypeParser(int8, (value: string) => value)
    this.main = undefined
    await runner.release()
  }

  /** Gives `work` the DataSource on `client`, with entities that were understood. */
  async on<T>(client: pg.Client, work: (dataSource: DataSource) => Promise<T>): Promise<T> {
    await this.attach(client)
    try {
      return await work(this.dataSource)
    } catch (error) {
      throw entityError(error, this.entities, this.file, this.context.projectDir)
    }
  }

  async close(): Promise<void> {
    // TypeORM waits forever for a runner that was released before it was connected.
    this.dataSource.driver.connectedQueryRunners.length = 0
    if (this.dataSource.isInitialized) await this.dataSource.destroy()
    this.giveBack()
  }

  /**
   * Rule 21: what could touch the database by itself is off before the DataSource is initialized. Gives what makes the
   * DataSource the application's own again, which may run in this very process.
   */
  private takeOver(): () => void {
    const { dataSource } = this
    const { driver, options } = dataSource
    const before = { options: { ...options }, database: driver.database, logger: dataSource.logger }
    const cache = dataSource.queryResultCache
    dataSource.setOptions({
      dropSchema: false,
      synchronize: false,
      migrationsRun: false,
      subscribers: [],
      migrations: [],
      entities: this.entities,
      logger: typeormLogger(options.logging, this.context),
      driver: this.pgModule(),
    })
    // A cache may live on a server of its own, which migrations must not depend on.
    dataSource.queryResultCache = undefined
    driver.loadDependencies()
    // The target may be another database than the one the options name.
    driver.database = undefined
    const create = driver.createQueryRunner
    this.hasOwnRunners = [dataSource, driver].some((each) => Object.hasOwn(each, 'createQueryRunner'))
    driver.createQueryRunner = (mode) => {
      const runner = create.call(driver, mode)
      runner.query = notingCalls(runner.query.bind(runner))
      // Under TypeORM it would have a connection of its own; here its BEGIN must not meet the open transaction.
      if (this.main?.isTransactionActive) enterTransaction(runner, 1000 * ++this.runners)
      return runner
    }
    // A late call of the application's must not initialize it ahead of us; one on an initialized DataSource fails as ever.
    const { initialize, buildMetadatas } = dataSource
    let understood: Promise<void> | undefined
    dataSource.buildMetadatas = () => {
      understood ??= buildMetadatas.call(dataSource)
      return understood
    }
    dataSource.initialize = () => (dataSource.isInitialized ? initialize.call(dataSource) : new Promise(() => {}))
    this.initialize = () => initialize.call(dataSource)
    return () => {
      for (const key of Object.keys(options)) if (!(key in before.options)) Reflect.deleteProperty(options, key)
      Object.assign(options, before.options)
      Object.assign(dataSource, { logger: before.logger, queryResultCache: cache })
      Reflect.deleteProperty(dataSource, 'initialize')
      Reflect.deleteProperty(dataSource, 'buildMetadatas')
      Reflect.deleteProperty(driver, 'createQueryRunner')
      Object.assign(driver, { database: before.database, version: undefined, searchSchema: undefined })
      driver.loadDependencies()
    }
  }

  private async attach(client: pg.Client): Promise<void> {
    this.client = client
    if (this.dataSource.isInitialized) return
    try {
      await this.initialize()
    } catch (error) {
      if (isServerError(error)) throw error
      const refused = entityError(error, this.entities, this.file, this.context.projectDir)
      if (isGodwitError(refused)) throw refused
      const facts = { file: this.file, reason: reasonOf(error) }
      throw new GodwitError('GODWIT_TYPEORM_DATA_SOURCE', facts, { cause: error })
    }
  }

  private pgModule(): PgModule {
    const current = (): pg.Client => {
      if (this.client) return this.client
      throw new GodwitError('GODWIT_BUG', { what: 'TypeORM asked for a connection before there was a session' })
    }
    const setParseInt8 = (value: boolean): void => {
      this.parseInt8 = value
    }
    return {
      Pool: class {
        connect(callback?: PoolCallback): Promise<pg.Client> | undefined {
          if (!callback) return Promise.resolve(current())
          callback(undefined, current(), () => {})
          return undefined
        }
        query(...query: Parameters<pg.Client['query']>): unknown {
          return current().query(...query)
        }
        on(): this {
          return this
        }
        end(callback?: () => void): Promise<void> | undefined {
          return callback ? void callback() : Promise.resolve()
        }
      },
      defaults: {
        get parseInt8() {
          return false
        },
        set parseInt8(value: boolean) {
          setParseInt8(value)
        },
      },
    }
  }
}

/** `depth` 1: directly in the transaction. A higher one keeps the savepoints of several runners apart. */
function enterTransaction(runner: QueryRunner, depth: number): void {
  runner.isTransactionActive = true
  runner.transactionDepth = depth
}

function isServerError(error: unknown): boolean {
  return error instanceof Error && 'severity' in error
}

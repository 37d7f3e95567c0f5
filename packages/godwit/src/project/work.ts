import type pg from 'pg'
import type { Database, OpenOptions, RunIdentity, Target } from '../databases/contract.js'
import type { RunContext } from '../engine/run.js'
import { isGodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'
import { knownMajor, rememberMajor } from './known-major.js'
import type { ProjectDescription } from './load.js'
import type { OpenProjectOptions } from './options.js'
import { openTarget } from './target.js'
import type { Timeouts } from './timeouts.js'
import { version } from './version.js'

/** How a project was put together; made by `openProject`. */
export interface ProjectParts {
  description: ProjectDescription
  format: Format
  /** Starts the listing that the next `format.list()` gives. */
  listEarly: () => void
  /** Found when it is first needed: composing a migration needs no database. */
  database: () => Promise<Database>
  /** Its URL, for what connects by itself; `undefined`: it is an embedded one. */
  url: () => Promise<string | undefined>
  schema: string
  /** Absent: it is found out. */
  pooled: boolean | undefined
  timeouts: Timeouts
  options: OpenProjectOptions & { env: Record<string, string | undefined> }
  warn: (message: string) => void
}

/** Lets something work on the session of a target, apart from any run. */
export async function withClient<T>(target: Target, work: (client: pg.Client) => Promise<T>): Promise<T> {
  let worked: T | undefined
  await target.setUp(async (client) => {
    worked = await work(client)
  })
  return worked as T
}

/** A project at work: opens what each of its methods needs, and closes it again. */
export class ProjectWork {
  readonly parts: ProjectParts

  constructor(parts: ProjectParts) {
    this.parts = parts
  }

  get name(): string {
    return this.parts.description.name
  }

  /** What a run on a target works with. */
  context(target: Target, command: string): RunContext {
    return { ...this.runner(command), target }
  }

  runner(command: string): Omit<RunContext, 'target'> {
    const { format, options, timeouts } = this.parts
    return {
      format,
      identity: this.#identity(command),
      waitMs: timeouts.waitMs,
      graceMs: timeouts.graceMs,
      onEvent: options.onEvent ?? (() => {}),
      signal: options.signal,
    }
  }

  openOptions(): OpenOptions {
    const { format, schema, pooled, timeouts, description, warn, options } = this.parts
    return {
      projectDir: description.folder,
      schema,
      pooled,
      peerLocks: format.peerLocks,
      ownTables: format.ownTables,
      searchPath: format.searchPath,
      ...timeouts.session,
      warn,
      onNotice: (message) => options.onVerbose?.(`notice: ${message}`),
    }
  }

  /** The server that the config names for shadows, and the major version of the project's own as far as it is known. */
  get shadow(): { url: string | undefined; major: number | undefined } {
    return { url: this.parts.description.config.shadow, major: knownMajor(this.name) }
  }

  // A URL may say which schema the history is in; without one it is the usual one.
  async knowTarget(): Promise<void> {
    await this.parts.database().catch((error: unknown) => {
      if (!isGodwitError(error) || error.code !== 'GODWIT_NO_DATABASE') throw error
    })
  }

  /** Works on a session of its own, apart from any run. */
  async onSession<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    return this.onTarget((target) => withClient(target, work), false)
  }

  /** @param lists the migrations will be listed: that begins while the server answers */
  async onTarget<T>(work: (target: Target) => Promise<T>, lists = true): Promise<T> {
    const { format } = this.parts
    const database = await this.parts.database()
    if (lists) this.parts.listEarly()
    const target = await openTarget(database, format, this.openOptions())
    if (database.kind === 'postgres') rememberMajor(this.name, target.server.major)
    try {
      return await work(target)
    } catch (error) {
      throw target.explain(error)
    } finally {
      await target.close()
      await format.close?.()
    }
  }

  #identity(command: string): RunIdentity {
    return { command: this.parts.options.command ?? command, version }
  }
}

import { loadParser } from '../../../sql/classify.js'
import { type InDoubt, inDoubt } from '../../../sql/in-doubt.js'
import { literal } from '../../../sql/quote.js'
import type { CompiledStatement } from '../compile.js'
import type { StatementMark } from '../journal.js'
import { MessageFailure } from '../message.js'
import type { WorkingSession } from '../working-session.js'
import { ask } from './ask.js'
import { dropConcurrently, type FoundIndex, indexesOf, restsOfReindex, takeAway } from './indexes.js'
import { waitingFreely } from './patience.js'

/** What a failed statement left. */
export interface Rest {
  /** A sentence, where one helps. */
  words?: string
  /** How much it did cannot be told. */
  unclear?: true
}

/** Watches what one statement outside of a transaction leaves when it fails: its own rest, and no other's. */
export class RestWatch {
  readonly #session: WorkingSession
  readonly #tag: string
  readonly #about: InDoubt
  /** INVALID before it was sent. */
  readonly #before: readonly FoundIndex[]

  private constructor(session: WorkingSession, tag: string, about: InDoubt, before: readonly FoundIndex[]) {
    this.#session = session
    this.#tag = tag
    this.#about = about
    this.#before = before
  }

  static async before(session: WorkingSession, { text, class: { tag } }: CompiledStatement): Promise<RestWatch> {
    await loadParser()
    const about = inDoubt(text)
    return new RestWatch(session, tag, about, await invalid(session, about))
  }

  /** What the journal is told of it before it is sent; nothing where its text tells. */
  mark(unforeseen: boolean): StatementMark['apart'] {
    if (this.#about.kind === 'unknown') return 'unclear'
    return unforeseen ? true : undefined
  }

  /** Drops an INVALID index that it would take for the one to make, unless somebody is building it. */
  async makeWay(tell: (message: string) => void): Promise<void> {
    if (!this.#passesBy) return
    for (const { oid, name } of this.#before) {
      const building = `SELECT FROM pg_catalog.pg_stat_progress_create_index WHERE index_relid = ${oid}`
      if ((await ask(this.#session.connection, building)).length > 0) continue
      tell(`${name} is INVALID and is dropped`)
      await dropConcurrently(this.#session, name)
    }
  }

  /** @throws Error when it went by an INVALID index, and so made none */
  async checkMade(): Promise<void> {
    if (!this.#passesBy) return
    const [index] = await invalid(this.#session, this.#about)
    if (index !== undefined) throw new Error(`${index.name} is there and INVALID; another session may be building it`)
  }

  get #passesBy(): boolean {
    return this.#about.kind === 'create-index' && this.#about.ifNotExists && this.#before.length > 0
  }

  #isOld({ oid }: FoundIndex): boolean {
    return this.#before.some((index) => index.oid === oid)
  }

  /** Runs it without a lock timeout where it holds up nobody. */
  patiently(work: () => Promise<void>): Promise<void> {
    const concurrent = ['create-index', 'reindex', 'drop-index', 'detach'].includes(this.#about.kind)
    return concurrent ? waitingFreely(this.#session, work) : work()
  }

  /** Takes away what it left behind a failure; what is left then, if anything. */
  async left(): Promise<Rest | undefined> {
    try {
      return await this.#left()
    } catch (error) {
      if (!(error instanceof MessageFailure) || this.#session.connection.lost !== undefined) throw error
      // The signal that ended the statement may come a second time.
      return this.#left()
    }
  }

  async #left(): Promise<Rest | undefined> {
    const about = this.#about
    if (about.kind === 'unknown') return ['CALL', 'DO'].includes(this.#tag) ? { unclear: true } : undefined
    if (about.kind === 'create-index' || about.kind === 'reindex') {
      const rests = (await invalid(this.#session, about)).filter((index) => !this.#isOld(index))
      if (await takeAway(this.#session, rests)) return undefined
      const names = rests.map(({ name }) => name).join(', ')
      return { words: `An INVALID index is left, which is in use: ${names}. The next run takes it away.` }
    }
    if (about.kind === 'drop-index') {
      const [index] = await invalid(this.#session, about)
      if (index === undefined || this.#isOld(index)) return undefined
      return { words: `${index.name} is INVALID and no longer used. The next run drops it.` }
    }
    if (about.kind === 'detach' && (await halfDetached(this.#session, about)))
      return { words: `${about.partition} is half detached. The next run finishes it.` }
    return undefined
  }
}

/** The INVALID indexes that a statement may have made. */
async function invalid({ connection }: WorkingSession, about: InDoubt): Promise<FoundIndex[]> {
  if (about.kind === 'reindex') return restsOfReindex(connection, about)
  if (about.kind === 'create-index') {
    const all = await indexesOf(connection, about.table, about.index)
    return all.filter(({ valid, onTable, bare }) => !valid && onTable && bare === (about.index ?? bare))
  }
  if (about.kind !== 'drop-index') return []
  return ask(
    connection,
    `SELECT indexrelid::bigint AS oid, indexrelid::regclass::text AS name FROM pg_catalog.pg_index
     WHERE indexrelid = to_regclass(${literal(about.index)}) AND NOT indisvalid`,
  )
}

async function halfDetached(
  { connection }: WorkingSession,
  { partition }: Extract<InDoubt, { kind: 'detach' }>,
): Promise<boolean> {
  const rows = await ask(
    connection,
    `SELECT FROM pg_catalog.pg_inherits WHERE inhrelid = to_regclass(${literal(partition)}) AND inhdetachpending`,
  )
  return rows.length > 0
}

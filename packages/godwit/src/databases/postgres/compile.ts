import { createHash, type Hash } from 'node:crypto'
import { GodwitError } from '../../errors.js'
import type { Script } from '../../formats/contract.js'
import { type Classification, classifyLazily, loadParser, mayBePlain } from '../../sql/classify.js'
import { type ScriptFacts, ScriptFactsBuilder, scriptHeader } from '../../sql/script.js'
import { ScriptError, type ScriptItem, ScriptReader, type Statement } from '../../sql/split.js'
import { tokens } from '../../sql/tokens.js'
import type { StatementMark } from './journal.js'

/** A statement with what the parser says of it. */
export interface CompiledStatement extends Statement {
  class: Classification
  mark: StatementMark
}

/** One piece of a script on its way to the server. */
export type CompiledItem =
  | { kind: 'statement'; statement: CompiledStatement; index: number }
  | { kind: 'copy-data'; text: string }
  | { kind: 'copy-end' }

/** How a script must be run: decided by its statements, unless its header or its format says it. */
export type Mode = 'one' | 'none' | 'own' | 'one, else split'

/** A script that was read once: what it is known to be, and how to read it again while it runs. */
export interface CompiledScript {
  script: Script
  mode: Mode
  facts: ScriptFacts
  /** The statements; of a large script the first ones only. */
  statements: CompiledStatement[]
  /** Each time from the start. A large script is read from disk again. */
  items: () => AsyncIterable<CompiledItem>
}

/** Above this many bytes a script is streamed in batches instead of being sent as one message (rule 25). */
export const BATCH_BYTES = 4 * 1024 * 1024
const LISTED = 1_000
const HEAD = 4_096
const HASH_LENGTH = 16

/** A script that was read and can be run as far as its text tells; what its statements are is asked later. */
export interface PreparedScript {
  /** Classifies the statements, once; those that are not plain with PostgreSQL's own parser, which is loaded for them. */
  compiled: () => Promise<CompiledScript>
}

/**
 * Reads a script once, up to what a file can get wrong; its statements are classified when somebody asks.
 *
 * @param forced what the format says, over what the statements say
 * @throws GodwitError GODWIT_SQL_UNTERMINATED, GODWIT_PSQL_COMMAND, GODWIT_EMPTY_MIGRATION, GODWIT_SQL_IMPOSSIBLE
 */
export async function prepareScript(script: Script, name: string, forced?: 'one' | 'none'): Promise<PreparedScript> {
  const reading = new Reading(script, name, forced)
  const kept: KnownItem[] | undefined = script.bytes > BATCH_BYTES ? undefined : []
  let opens = false
  for await (const item of readItems(script, name, (chunk) => reading.head(chunk))) {
    // By the time the statement is looked at, the parser is there.
    if (item.kind === 'statement' && !mayBePlain(item.statement.text)) loadParser().catch(() => {})
    if (kept === undefined) reading.take(await reading.compile(item))
    else if (item.kind === 'statement') opens ||= mayOpenTransaction(item.statement.text)
    kept?.push(item)
  }
  if (kept === undefined) {
    const compiled = reading.end(() => compileItems(script, name))
    return { compiled: async () => compiled }
  }
  refuseEmpty(kept.filter((item) => item.kind === 'statement').length, script, name)
  let compiling: Promise<CompiledScript> | undefined
  const compiled = (): Promise<CompiledScript> => {
    compiling ??= compileKept(kept, reading)
    return compiling
  }
  // Only a script with a transaction of its own can hold what the server refuses for certain: that is said beforehand.
  if (opens) await compiled()
  return { compiled }
}

async function compileKept(kept: readonly KnownItem[], reading: Reading): Promise<CompiledScript> {
  const items: CompiledItem[] = []
  for (const item of kept) items.push(reading.take(await reading.compile(item)))
  return reading.end(() => fromMemory(items))
}

/** Reads and classifies a script. Throws as {@link prepareScript}. */
export async function compileScript(script: Script, name: string, forced?: 'one' | 'none'): Promise<CompiledScript> {
  return (await prepareScript(script, name, forced)).compiled()
}

/** Gathers what is known of a script while its items pass by. */
class Reading {
  readonly #script: Script
  readonly #name: string
  readonly #forced: 'one' | 'none' | undefined
  readonly #builder = new ScriptFactsBuilder()
  readonly #statements: CompiledStatement[] = []
  #head = ''
  #index = 0
  /** Of the COPY whose data passes by: the data belongs to it. */
  #copied: { mark: StatementMark; hash: Hash } | undefined

  constructor(script: Script, name: string, forced: 'one' | 'none' | undefined) {
    this.#script = script
    this.#name = name
    this.#forced = forced
  }

  head(chunk: string): void {
    if (this.#head.length < HEAD) this.#head += chunk.slice(0, HEAD)
  }

  compile(item: KnownItem): Promise<CompiledItem> {
    return compileItem(item, this.#script, this.#index)
  }

  take(item: CompiledItem): CompiledItem {
    if (item.kind === 'copy-data') this.#copied?.hash.update(item.text)
    if (item.kind === 'copy-end' && this.#copied !== undefined)
      this.#copied.mark.hash = this.#copied.hash.digest('hex').slice(0, HASH_LENGTH)
    if (item.kind !== 'statement') return item
    const { mark, text, copyFromStdin } = item.statement
    this.#copied = copyFromStdin ? { mark, hash: createHash('sha256').update(text) } : undefined
    this.#index++
    this.#builder.add(item.statement.class)
    if (this.#script.bytes <= BATCH_BYTES || this.#statements.length < LISTED) this.#statements.push(item.statement)
    return item
  }

  end(items: () => AsyncIterable<CompiledItem>): CompiledScript {
    const facts = this.#builder.facts()
    refuseEmpty(facts.statements, this.#script, this.#name)
    refuseImpossible(facts, this.#statements, this.#script, this.#name)
    // A script that begins and ends its own transactions does so, whatever its header says.
    const header = this.#forced ?? scriptHeader(this.#head).transaction
    const mode = facts.transaction === 'own' ? 'own' : (header ?? facts.transaction)
    return { script: this.#script, mode, facts, statements: this.#statements, items }
  }
}

async function* fromMemory(items: CompiledItem[]): AsyncGenerator<CompiledItem> {
  yield* items
}

async function* compileItems(script: Script, name: string): AsyncGenerator<CompiledItem> {
  let index = 0
  for await (const item of readItems(script, name)) {
    yield await compileItem(item, script, index)
    if (item.kind === 'statement') index++
  }
}

type KnownItem = Exclude<ScriptItem, { kind: 'psql' }>

async function* readItems(
  script: Script,
  name: string,
  onChunk: (chunk: string) => void = () => {},
): AsyncGenerator<KnownItem> {
  const reader = new ScriptReader()
  try {
    for await (const chunk of script.read()) {
      onChunk(chunk)
      for (const item of reader.push(chunk)) yield known(item, script, name)
    }
    for (const item of reader.end()) yield known(item, script, name)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    throw new GodwitError(
      'GODWIT_SQL_UNTERMINATED',
      { name, reason: error.message },
      { file: script.file, line: error.line + shift(script), column: error.column, cause: error },
    )
  }
}

function known(item: ScriptItem, script: Script, name: string): KnownItem {
  if (item.kind !== 'psql') return item
  throw new GodwitError(
    'GODWIT_PSQL_COMMAND',
    { name, command: item.text },
    { file: script.file, line: item.line + shift(script), column: item.column },
  )
}

async function compileItem(item: KnownItem, script: Script, index: number): Promise<CompiledItem> {
  if (item.kind !== 'statement') return item
  const { statement } = item
  const line = statement.line + shift(script)
  const found = await classifyLazily(statement.text)
  const mark = { tag: found.tag, line, hash: shortHash(statement.text) }
  return { kind: 'statement', statement: { ...statement, line, class: found, mark }, index }
}

function mayOpenTransaction(text: string): boolean {
  const first = tokens(text).next().value
  return first?.kind === 'word' && ['BEGIN', 'START'].includes(first.text.toUpperCase())
}

function refuseEmpty(statements: number, script: Script, name: string): void {
  if (statements === 0) throw new GodwitError('GODWIT_EMPTY_MIGRATION', { name }, { file: script.file })
}

function refuseImpossible(facts: ScriptFacts, statements: CompiledStatement[], script: Script, name: string): void {
  if (facts.impossible === undefined) return
  const statement = statements[facts.impossible.index]
  throw new GodwitError(
    'GODWIT_SQL_IMPOSSIBLE',
    { name, tag: facts.impossible.tag },
    statement === undefined
      ? { file: script.file }
      : { file: script.file, line: statement.line, column: statement.column },
  )
}

function shift(script: Script): number {
  return (script.firstLine ?? 1) - 1
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)
}

import { createHash } from 'node:crypto'
import { GodwitError } from '../../errors.js'
import type { Script } from '../../formats/contract.js'
import { type Classification, classify, loadParser } from '../../sql/classify.js'
import { type ScriptFacts, ScriptFactsBuilder, scriptHeader } from '../../sql/script.js'
import { ScriptError, type ScriptItem, ScriptReader, type Statement } from '../../sql/split.js'
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

/**
 * Reads a script once and classifies its statements with PostgreSQL's own parser.
 *
 * @param forced what the format says, over what the statements say
 * @throws GodwitError GODWIT_SQL_UNTERMINATED, GODWIT_PSQL_COMMAND, GODWIT_EMPTY_MIGRATION, GODWIT_SQL_IMPOSSIBLE
 */
export async function compileScript(script: Script, name: string, forced?: 'one' | 'none'): Promise<CompiledScript> {
  await loadParser()
  const builder = new ScriptFactsBuilder()
  const statements: CompiledStatement[] = []
  const kept: CompiledItem[] | undefined = script.bytes > BATCH_BYTES ? undefined : []
  let head = ''
  for await (const item of readItems(script, name, (chunk) => {
    if (head.length < 4_096) head += chunk.slice(0, 4_096)
  })) {
    if (item.kind === 'statement') {
      builder.add(item.statement.class)
      if (kept !== undefined || statements.length < LISTED) statements.push(item.statement)
    }
    kept?.push(item)
  }
  const facts = builder.facts()
  if (facts.statements === 0) throw new GodwitError('GODWIT_EMPTY_MIGRATION', { name }, { file: script.file })
  const header = forced ?? scriptHeader(head).transaction
  refuseImpossible(facts, statements, script, name)
  return {
    script,
    // A script that begins and ends its own transactions does so, whatever its header says.
    mode: facts.transaction === 'own' ? 'own' : (header ?? facts.transaction),
    facts,
    statements,
    items: () => (kept === undefined ? readItems(script, name) : fromMemory(kept)),
  }
}

async function* fromMemory(items: CompiledItem[]): AsyncGenerator<CompiledItem> {
  yield* items
}

async function* readItems(
  script: Script,
  name: string,
  onChunk: (chunk: string) => void = () => {},
): AsyncGenerator<CompiledItem> {
  const reader = new ScriptReader()
  const counter = { index: 0 }
  try {
    for await (const chunk of script.read()) {
      onChunk(chunk)
      for (const item of reader.push(chunk)) yield compileItem(item, script, name, counter)
    }
    for (const item of reader.end()) yield compileItem(item, script, name, counter)
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    throw new GodwitError(
      'GODWIT_SQL_UNTERMINATED',
      { name, reason: error.message },
      { file: script.file, line: error.line + shift(script), column: error.column, cause: error },
    )
  }
}

function compileItem(item: ScriptItem, script: Script, name: string, counter: { index: number }): CompiledItem {
  if (item.kind === 'psql') {
    throw new GodwitError(
      'GODWIT_PSQL_COMMAND',
      { name, command: item.text },
      { file: script.file, line: item.line + shift(script), column: item.column },
    )
  }
  if (item.kind !== 'statement') return item
  const { statement } = item
  const line = statement.line + shift(script)
  const found = classify(statement.text)
  const mark = { tag: found.tag, line, hash: shortHash(statement.text) }
  return { kind: 'statement', statement: { ...statement, line, class: found, mark }, index: counter.index++ }
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
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

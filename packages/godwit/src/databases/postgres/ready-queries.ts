import type { Body } from '../../formats/contract.js'
import { isOwnMethod } from '../../loading/own-method.js'
import type { LoadedStep } from '../contract.js'
import type { CompiledScript } from './compile.js'
import type { MessageFailure } from './message.js'
import { type ReadyStep, readyStep } from './ready-step.js'
import { compileCollected } from './run-collected.js'
import type { WorkingSession } from './working-session.js'

type FunctionBody = Extract<Body, { kind: 'function' }>

/**
 * The statements of a function whose queries are known, read once. Nothing where one of them is more than a statement that can stand in
 * a transaction of ours and leaves no mark in the session, or sets what the server reads the rest of the message by.
 */
export function knownQueries(
  step: LoadedStep,
  { transaction, queries }: FunctionBody,
): () => Promise<CompiledScript | undefined> {
  let compiling: Promise<CompiledScript | undefined> | undefined
  return async () => {
    const texts = transaction ? queries?.() : undefined
    if (texts === undefined) return undefined
    compiling ??= compileQueries(step, texts)
    return compiling
  }
}

async function compileQueries(step: LoadedStep, texts: readonly string[]): Promise<CompiledScript | undefined> {
  const compiled = await compileCollected(step, { statements: [...texts], transaction: true })
  if (compiled === undefined || compiled.mode !== 'one' || compiled.facts.leavesSession) return undefined
  const { statements } = compiled
  const isEach = texts.every((text, index) => bare(text) === statements[index]?.text)
  if (!isEach || statements.length !== texts.length) return undefined
  const isApart = statements.some(({ class: { setsTransaction, tag } }) => setsTransaction || tag === 'SET')
  return isApart ? undefined : compiled
}

/** Makes their message, as that of a script: the function need not be called. */
export function readyQueries(
  session: WorkingSession,
  step: LoadedStep,
  known: CompiledScript | undefined,
): ReadyStep | undefined {
  // A project may have put something of its own between a class and the server.
  if (known === undefined || !isOwnMethod(Object.getPrototypeOf(session.client).query, 'query')) return undefined
  const end = { mode: 'one', statements: [], count: known.statements.length, dirty: false }
  return readyStep(session, step, known, end)
}

const SPACES = ' \t\n\r\f\v'

// Without what the server takes for spaces: a byte order mark is none.
function bare(text: string): string {
  let start = 0
  while (start < text.length && SPACES.includes(text.charAt(start))) start++
  const behind = (end: number): number => {
    let at = end
    while (at > start && SPACES.includes(text.charAt(at - 1))) at--
    return at
  }
  const end = behind(text.length)
  return text.slice(start, text.charAt(end - 1) === ';' ? behind(end - 1) : end)
}

/**
 * What a function throws when a query of it fails that was sent without calling it: it is called now, its queries are answered as the
 * server answered them, and so the error has the place that asked. Nothing is changed by that.
 *
 * @param failing the index of the query that failed
 */
export async function thrownBy(
  { client, connection }: WorkingSession,
  { run, queries }: FunctionBody,
  failing: number,
  { cause }: MessageFailure,
): Promise<unknown> {
  const texts = queries?.() ?? []
  // What its ORM asks besides is answered by the server.
  await connection.send('BEGIN READ ONLY')
  const { query } = client
  let at = 0
  const answering = (...given: unknown[]): unknown => {
    if (given[0] !== texts[at]) return (query as (...given: unknown[]) => unknown).apply(client, given)
    return at++ === failing
      ? Promise.reject(cause)
      : Promise.resolve({ command: '', rowCount: 0, rows: [], fields: [] })
  }
  client.query = answering as typeof client.query
  try {
    await run(client)
    return cause
  } catch (thrown) {
    return at > failing ? thrown : cause
  } finally {
    Reflect.deleteProperty(client, 'query')
    await connection.send('ROLLBACK')
  }
}

import type { LoadedStep, StepOptions } from '../contract.js'
import { BATCH_BYTES, type CompiledScript } from './compile.js'
import type { Message, MessageResult } from './message.js'
import { opening } from './opening.js'
import { compose, type Part } from './parts.js'
import { byName } from './prepared.js'
import { addPart, placedIn } from './sender.js'
import { ending, recording, type StepEnd, sendEnding } from './tail.js'
import type { WorkingSession } from './working-session.js'

/** A step that is one message, made while the server was at work on the step before: the server does not wait for it then. */
export interface ReadyStep {
  /** What it was made for: a lost connection is replaced, the journal may have been given up since. */
  session: WorkingSession
  journaled: boolean
  prepared: boolean
  unfinished: ReadonlySet<string> | null
  end: StepEnd
  parts: Part[]
  message: Message
}

/** A step whose message is on its way. */
export interface SentStep {
  end: StepEnd
  parts: Part[]
  answer: Promise<MessageResult>
  /** When, by `performance.now()`: the database in this process is at work on it at once. */
  started: number
}

/** What is known at the beginning of a script's end, when it runs as one transaction. */
export function endOfOne({ statements, facts }: CompiledScript): StepEnd {
  return {
    mode: 'one',
    statements: statements.map((statement) => statement.mark),
    count: facts.statements,
    dirty: facts.leavesSession,
  }
}

/** Makes the message of a step; nothing for what is sent in several, or before the run is open. */
export function readyStep(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  end = endOfOne(compiled),
): ReadyStep | undefined {
  const { script, mode, statements } = compiled
  const several = script.bytes > BATCH_BYTES || statements.some((statement) => statement.copyFromStdin)
  if (mode !== 'one' || several || session.run === null) return undefined
  const parts = opening(session)
  for (const statement of statements) addPart(parts, { text: statement.text, statement })
  parts.push(...recording(session, step, end), ...ending(session, end))
  const named = byName(session, step, end, parts)
  const message = session.connection.ready(compose(named))
  const { journaled, prepared, unfinished } = session
  return { session, journaled, prepared, unfinished, end, parts: named, message }
}

/** Sends it, unless there is none, or it was made for what is no longer so. */
export function sendStep(
  ready: ReadyStep | undefined,
  session: WorkingSession,
  { signal }: StepOptions,
): SentStep | undefined {
  if (ready === undefined) return undefined
  const { end, parts, message } = ready
  const asMade =
    ready.session === session &&
    ready.journaled === session.journaled &&
    ready.prepared === session.prepared &&
    ready.unfinished === session.unfinished
  if (!asMade || signal?.aborted) return undefined
  const started = performance.now()
  const answer = session.connection.sendReady(message)
  return answer && { end, parts, answer, started }
}

/** The message of one step, on its way from being made, while the server is at work on the step before, to being waited for. */
export class MessageAhead {
  #ready: ReadyStep | undefined
  #sent: SentStep | undefined

  /** It is made, and not sent. */
  get isReady(): boolean {
    return this.#ready !== undefined
  }

  /** What keeps it from being made is said when the step is run. */
  prepare(making: Promise<ReadyStep | undefined>): void {
    making.then(
      (made) => {
        this.#ready = made
      },
      () => {},
    )
  }

  send(session: WorkingSession, options: StepOptions): void {
    this.#sent = sendStep(this.#ready, session, options)
    this.#ready = undefined
  }

  /** What was sent, for the one who waits for it. */
  take(): SentStep | undefined {
    const sent = this.#sent
    this.#sent = undefined
    return sent
  }
}

/** Makes and sends it at once; nothing where it is several messages, or was begun by a former run. */
export function sendAtOnce(
  session: WorkingSession,
  step: LoadedStep,
  compiled: CompiledScript,
  options: StepOptions,
): SentStep | undefined {
  const ready = step.resume === undefined ? readyStep(session, step, compiled) : undefined
  return sendStep(ready, session, options)
}

/**
 * Tells of the statements of a step that was sent, and waits for the answer.
 *
 * @throws PlacedFailure; MessageFailure when the connection was lost
 */
export async function answered(
  session: WorkingSession,
  { parts, answer }: SentStep,
  { facts }: CompiledScript,
  { onEvent }: StepOptions,
): Promise<MessageResult> {
  const sent = parts.flatMap(({ statement }) => statement ?? [])
  for (const [index, { class: found }] of sent.entries())
    onEvent({ type: 'statement', index, total: facts.statements, tag: found.tag })
  try {
    return await sendEnding(session, parts, answer)
  } catch (error) {
    throw placedIn(parts, error, session)
  }
}

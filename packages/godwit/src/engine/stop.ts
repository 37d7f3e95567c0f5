import type { CompiledStep, Target } from '../databases/contract.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { RunEvent } from './events.js'
import type { Direction } from './migration.js'

/** What is said where no step was begun. */
export const NOTHING_RUN = 'Nothing was run.'

const LONGEST_TIMER_MS = 2_147_483_647

/** What a stop needs of a run. */
export interface StopContext {
  target: Target
  /** How long a function that is at work when the run is stopped may go on (rule 18). */
  graceMs: number
  onEvent: (event: RunEvent) => void
  signal?: AbortSignal | undefined
}

/** What a step is told of a stop. */
export interface StepStop {
  /** Aborted: at once for statements, behind the grace for a function. */
  signal?: AbortSignal | undefined
  /** A stop was asked for. */
  stopping: () => boolean
}

/**
 * Turns a signal into a stop of the step that is at work: its statement is cancelled on the server at once, but a function
 * that is at work gets its grace, in which it may end by itself (invariant 21). One for all steps of a run, which is
 * cheaper than one each.
 */
export class RunStop {
  readonly #context: StopContext
  readonly #stop = new AbortController()
  readonly #told: StepStop
  #atWork: CompiledStep | undefined
  #grace: NodeJS.Timeout | undefined

  constructor(context: StopContext) {
    const { signal } = context
    this.#context = context
    this.#told =
      signal === undefined ? { stopping: () => false } : { signal: this.#stop.signal, stopping: () => signal.aborted }
    signal?.addEventListener('abort', this.#begin, { once: true })
  }

  /** Runs a step. Between two of them a signal stops nothing: whoever runs them asks for it. */
  async during<T>(step: CompiledStep, work: (stop: StepStop) => Promise<T>): Promise<T> {
    this.#atWork = step
    try {
      return await work(this.#told)
    } finally {
      clearTimeout(this.#grace)
      this.#atWork = undefined
    }
  }

  /** Listens no longer. */
  close(): void {
    this.#context.signal?.removeEventListener('abort', this.#begin)
  }

  readonly #begin = (): void => {
    const { graceMs, onEvent } = this.#context
    const step = this.#atWork
    if (step === undefined) return
    if (graceMs === 0 || !step.inFunction?.()) {
      this.#end()
      return
    }
    onEvent({ type: 'stopping', name: step.step.name, graceMs })
    this.#grace = setTimeout(this.#end, Math.min(graceMs, LONGEST_TIMER_MS))
  }

  readonly #end = (): void => {
    this.#stop.abort(this.#context.signal?.reason)
    void this.#context.target.cancel().catch(() => {})
  }
}

/**
 * Waits for another runner, ahead of the first step.
 *
 * @throws GodwitError GODWIT_INTERRUPTED, GODWIT_TERMINATED when a signal ended the waiting
 */
export async function waitable<T>({ signal }: Pick<StopContext, 'signal'>, wait: () => Promise<T>): Promise<T> {
  try {
    return await wait()
  } catch (error) {
    throw signal?.aborted ? stopped(signal, { direction: 'up', state: [NOTHING_RUN] }) : error
  }
}

/** Works on the server; a stop cancels there what is under way. */
export async function cancelledBy<T>(
  signal: AbortSignal | undefined,
  target: Pick<Target, 'cancel'>,
  work: () => Promise<T>,
): Promise<T> {
  const cancel = (): void => void target.cancel().catch(() => {})
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    return await work()
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

/** Where a run was when it was stopped. */
export interface StoppedAt {
  direction: Direction
  /** What the step at work failed with; absent: none was at work. */
  cause?: unknown
  /** What is known besides, one sentence each. */
  state?: string[]
  /** No step of the run is left to do. */
  complete?: boolean
}

/** The code of whatever a signal ended. */
export function stopCode({ reason }: AbortSignal): 'GODWIT_TERMINATED' | 'GODWIT_INTERRUPTED' {
  return reason === 'SIGTERM' ? 'GODWIT_TERMINATED' : 'GODWIT_INTERRUPTED'
}

/** The error of a run that a signal stopped, with the state it left and the way on. */
export function stopped(signal: AbortSignal, at: StoppedAt): GodwitError {
  const { direction, cause, complete = false } = at
  const known = isGodwitError(cause) ? cause : undefined
  const left = cause === undefined ? 'nothing' : (known?.details.left ?? 'unknown')
  const state = [...(at.state ?? []), ...(known?.details.state ?? [])]
  return new GodwitError(
    stopCode(signal),
    {},
    {
      cause,
      left,
      ...(state.length === 0 ? {} : { state }),
      ...(known !== undefined && left === 'part' ? { hint: known.hint } : wayOn(direction, complete)),
    },
  )
}

// How many of a `down --step 3` are left is not in the command that was typed: it is not suggested again.
function wayOn(direction: Direction, complete: boolean): { hint?: string } {
  if (complete) return { hint: 'godwit status shows where it stands.' }
  return direction === 'up' ? {} : { hint: 'godwit status shows where it stands; godwit down goes on undoing.' }
}

import { shellWord } from '../error-table/shell-word.js'
import { GodwitError } from '../errors.js'
import type { LoadedStep } from './contract.js'

/** What a failure left behind. `resumable`: the next run goes on behind what is done. */
export type Left = 'undone' | 'kept' | 'resumable'

/** What an error needs to know of a migration. */
export interface NamedStep {
  name: string
  file: { file: string } | undefined
}

/** The error of a runner that was taken for dead: another one has the lease. */
export function leaseLost({ name, file }: NamedStep, left: Left | 'unknown', cause?: unknown): GodwitError {
  const kept = left === 'undone' ? 'nothing' : left === 'unknown' ? 'unknown' : 'part'
  return new GodwitError(
    'GODWIT_LEASE_LOST',
    { name },
    { ...(file === undefined ? {} : { file: file.file }), left: kept, cause },
  )
}

/** What is left of a step, and the way out where the error's own one, `godwit up`, would not be it. */
export function afterwards(step: LoadedStep, left: Left): { left: 'nothing' | 'part'; hint?: string } {
  const hint = left === 'kept' || step.direction === 'down' ? { hint: wayOut(step, left) } : {}
  return { left: left === 'undone' ? 'nothing' : 'part', ...hint }
}

/** The command that goes on from a failed step. */
export function wayOut({ name, direction }: LoadedStep, left: Left): string {
  if (left === 'kept') {
    const word = shellWord(name)
    return `When everything it makes is there: godwit resolve ${word} --applied; when nothing of it is there: godwit resolve ${word} --rolled-back`
  }
  const what = direction === 'up' ? 'the file' : 'its way back'
  if (left === 'resumable') return `What is done stays. Mend the rest of ${what}, then: godwit ${direction}`
  return `Mend ${what}, then: godwit ${direction}`
}

/** What a step that failed leaves, as a sentence. */
export function leftInWords({ name, direction }: LoadedStep, left: Left, done: number): string {
  if (left === 'undone' && direction === 'down') return `${name} is still applied: nothing of its way back was kept.`
  if (left === 'undone') return `${name} was undone, nothing of it is left.`
  if (left === 'resumable' && done === 0) return `${name}: none of its statements is done yet.`
  if (done === 0)
    return `${name}: the failed statement ran outside of a transaction and may have left something behind.`
  const statements =
    done === 1 ? 'its first statement is done and stays' : `its first ${done} statements are done and stay`
  return left === 'resumable'
    ? `${name}: ${statements}; the next run goes on behind ${done === 1 ? 'it' : 'them'}.`
    : `${name}: ${statements}.`
}

/** What an error, or anything else that was thrown, says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import { GodwitError } from '../../errors.js'
import type { Script } from '../../formats/contract.js'
import { maskSecrets } from '../../sql/mask.js'
import { maskWith } from '../../sql/mask-with.js'
import { codeFrame } from '../../sql/position.js'
import type { LoadedStep } from '../contract.js'
import { afterwards, type Left, leaseLost, leftInWords, type NamedStep, wayOut } from '../left.js'
import { placeDetails } from './call-frame.js'
import type { MessageFailure } from './message.js'
import { type FailurePlace, type Part, serverReport } from './parts.js'

/**
 * The error of a failed statement: file, line, column, the statement, what the server says, and what is left of it.
 *
 * @param script where the statement stands; absent for statements that a function collected
 */
export async function statementFailed(
  step: LoadedStep,
  script: Script | undefined,
  failure: MessageFailure,
  place: FailurePlace,
  left: Left,
  done = 0,
  also: readonly string[] = [],
): Promise<GodwitError> {
  const shut = shutOut(step, place.part, left, failure)
  if (shut !== undefined) return shut
  const text = place.part?.statement?.text
  const mask = maskWith(text ?? '')
  const server = serverReport(failure.cause, mask)
  const inFile = script !== undefined && !script.generated && place.line !== undefined
  const call = place.line === undefined ? undefined : script?.calledAt?.(place.line)
  const frame = inFile ? mask(await frameOf(script, place.line as number, place.column ?? 1)) : undefined
  return new GodwitError(
    'GODWIT_STATEMENT_FAILED',
    { name: step.name, message: `${whenOurs(place)}${mask(failure.message)}` },
    {
      cause: failure.cause,
      hint: wayOutOf(failure.cause, step, left),
      file: script?.file ?? step.file.file,
      ...(inFile ? { line: place.line as number, column: place.column ?? 1 } : {}),
      ...(text === undefined ? {} : { statement: maskSecrets(text) }),
      ...(frame === undefined ? {} : { frame }),
      ...(call === undefined ? {} : placeDetails(call, text ?? '')),
      ...(server === undefined ? {} : { server }),
      state: [leftInWords(step, left, done), ...also],
      left: left === 'undone' ? 'nothing' : 'part',
    },
  )
}

// Our questions divide by what they count.
const NO = '22012'

/** The error of a step that one of our own questions stopped: somebody else may be at work. Not what else can go wrong there. */
export function shutOut(
  step: NamedStep,
  part: Part | undefined,
  left: Left,
  failure: MessageFailure,
): GodwitError | undefined {
  if (part === undefined || (failure.cause as { code?: string }).code !== NO) return undefined
  if (part.lock) return lockFreed(step as LoadedStep, left)
  if (part.fence) return leaseLost(step, left)
  if (part.peer) return new GodwitError('GODWIT_PEER_AT_WORK', { name: step.name }, { left: 'nothing' })
  return undefined
}

/** The error of a migration that freed the lock, which keeps it from being recorded. */
export function lockFreed(step: LoadedStep, left: Left): GodwitError {
  return new GodwitError('GODWIT_LOCK_FREED', { name: step.name }, { file: step.file.file, ...afterwards(step, left) })
}

/** How the way out begins where another session is in the way. */
export const HELD_BY_ANOTHER = 'Another session holds what it needs.'

/** The command that goes on from what the server said: a timeout is no fault of the file. */
export function wayOutOf(cause: unknown, step: LoadedStep, left: Left): string {
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown }
  if (left === 'kept') return wayOut(step, left)
  if (code === undefined && left === 'resumable') return goOn(step)
  if (code === '57014' && /statement timeout/.test(String(message)))
    return `It ran longer than the statement timeout. Allow more: godwit ${step.direction} --statement-timeout 5m`
  if (code === '57014' && left === 'resumable') return goOn(step)
  if (code === '55P03')
    return `${HELD_BY_ANOTHER} When that is done: godwit ${step.direction}; or wait longer with --lock-timeout`
  if (code === '53100') return `The disk of the server is full. When there is room: godwit ${step.direction}`
  if (code === '40P01') return `It and another session waited for each other. Run it again: godwit ${step.direction}`
  return wayOut(step, left)
}

function goOn({ direction }: LoadedStep): string {
  return `It goes on behind what is done: godwit ${direction}`
}

// The migration's own statements were done; what failed came behind them.
function whenOurs({ part }: FailurePlace): string {
  if (part === undefined || part.statement !== undefined) return ''
  return part.text === 'COMMIT' ? 'at the COMMIT: ' : 'while it was recorded: '
}

// Of a large script only the last lines are kept while it is read up to the place.
const KEPT_CHARACTERS = 1024 * 1024
const KEPT_LINES = 3

async function frameOf(script: Script, line: number, column: number): Promise<string> {
  let first = script.firstLine ?? 1
  let text = ''
  for await (const chunk of script.read()) {
    text += chunk
    if (first + lineBreaks(text) > line + 1) break
    if (text.length < KEPT_CHARACTERS) continue
    const cut = startOfLastLines(text, KEPT_LINES)
    first += lineBreaks(text.slice(0, cut))
    text = text.slice(cut)
  }
  // Masked before it is cut: a secret may span lines.
  return codeFrame(maskSecrets(text, { sameLength: true }), line, column, first)
}

function lineBreaks(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

function startOfLastLines(text: string, lines: number): number {
  let at = text.length
  for (let seen = 0; seen < lines && at > 0; seen++) at = text.lastIndexOf('\n', at - 1)
  return at + 1
}

import { realpathSync } from 'node:fs'
import { framesOf, type Place } from './stack-positions.js'

/** Where a function of the user's called one of ours. Its stack is written out only when somebody asks for it. */
export interface CallSite {
  stack?: string
}

/** An ORM puts many frames between a query and the migration that wanted it. */
const DEPTH = 50
const noted = new WeakMap<object, { site: CallSite; sent: unknown }>()

/** The place from where `called` was called. */
export function callSite(called: (...given: never[]) => unknown): CallSite {
  const site: CallSite = {}
  const before = Error.stackTraceLimit
  Error.stackTraceLimit = DEPTH
  Error.captureStackTrace(site, called)
  Error.stackTraceLimit = before
  return site
}

/** A query function that does the same as `asked` and notes, on what it throws, from where it was called with what. */
export function notingCalls<Given extends unknown[], Answer>(
  asked: (...given: Given) => Promise<Answer>,
): (...given: Given) => Promise<Answer> {
  return async function call(...given) {
    const site = callSite(call)
    try {
      return await asked(...given)
    } catch (error) {
      // The innermost call knows best.
      if (error instanceof Error && !noted.has(error)) noted.set(error, { site, sent: given[0] })
      throw error
    }
  }
}

/** The place in `file` that an error comes from: where it was thrown, or the call that was noted on it. */
export function placeOfError(error: unknown, file: string): Place | undefined {
  if (!(error instanceof Error)) return undefined
  const call = noted.get(error)
  return (call && placeOfCall(call.site, file)) ?? placeOfCall(error, file)
}

/** The statement that was noted on an error. */
export function statementOfError(error: unknown): string | undefined {
  const sent = error instanceof Error ? noted.get(error)?.sent : undefined
  const text = typeof sent === 'object' && sent !== null && 'text' in sent ? sent.text : sent
  return typeof text === 'string' ? text : undefined
}

/** The innermost place in `file` that led to a call. */
export function placeOfCall({ stack = '' }: CallSite, file: string): Place | undefined {
  const place = framesOf(stack).find((frame) => frame.file === file || frame.file === realPath(file))
  return place && { ...place, file }
}

// Node names a module by its real path.
function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

import type { ServerReport } from '../../errors.js'
import { type MessagePart, placeInMessage } from '../../sql/position.js'
import type { CompiledStatement } from './compile.js'
import type { MessageFailure } from './message.js'

/** A piece of a message: a statement of the migration, or one of ours. */
export interface Part {
  text: string
  statement?: CompiledStatement
  /** Belongs to the journal, whose failure never fails a migration (rule 32). */
  journal?: boolean
  /** Fails when the runner's lock is gone (rule 19). */
  lock?: boolean
  /** Fails when the lease is another runner's (rule 3). */
  fence?: boolean
  /** Fails when the format's own tool is at work. */
  peer?: boolean
  /** Executes a prepared statement: where the server gives a position, it is one in that. */
  prepared?: boolean
  /** Stands behind the COMMIT, and leaves the session as the next migration must find it. */
  behind?: boolean
}

/** Where a message failed. */
export interface FailurePlace {
  /** Index of the failing part. */
  index: number
  part: Part | undefined
  /** 1-based place in the file, for a statement of the migration. */
  line?: number
  /** 1-based, in UTF-16 units. */
  column?: number
}

interface ServerError extends Error {
  code?: string
  detail?: string
  hint?: string
  constraint?: string
  table?: string
  position?: string
}

/** Stands between the parts of a message. */
export const SEPARATOR = '\n;\n'

/** One message of several parts. Each part ends in a line of its own: a part may end in a `--` comment. */
export function compose(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join(SEPARATOR)
}

/** Finds the failing part by the server's position where it gave one, else by the number of completed commands. */
export function locate(parts: readonly Part[], failure: MessageFailure): FailurePlace {
  const given = parts[failure.completed]?.prepared ? undefined : (failure.cause as ServerError).position
  const position = Number(given ?? Number.NaN)
  const found = Number.isNaN(position) ? undefined : placeInMessage(compose(parts), placed(parts), position)
  const index = found?.index ?? failure.completed
  const part = parts[index]
  if (part?.statement === undefined) return { index, part }
  return { index, part, line: found?.line ?? part.statement.line, column: found?.column ?? part.statement.column }
}

function placed(parts: readonly Part[]): MessagePart[] {
  let at = 0
  return parts.map(({ text, statement }) => {
    const start = at
    at += text.length + SEPARATOR.length
    return { text, at: start, offset: 0, line: statement?.line ?? 1, column: statement?.column ?? 1 }
  })
}

/** What the server said, in the shape that people and `--json` get. */
export function serverReport(error: Error, mask: (text: string) => string): ServerReport | undefined {
  const { code, message, detail, hint, constraint, table } = error as ServerError
  if (code === undefined || !('severity' in error)) return undefined
  return {
    code,
    message: mask(message),
    ...(detail === undefined ? {} : { detail: mask(detail) }),
    ...(hint === undefined ? {} : { hint: mask(hint) }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
  }
}

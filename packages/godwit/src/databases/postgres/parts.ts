import type { ServerReport } from '../../errors.js'
import type { CompiledStatement } from './compile.js'
import type { MessageFailure } from './message.js'

/** A piece of a message: a statement of the migration, or one of ours. */
export interface Part {
  text: string
  statement?: CompiledStatement
  /** Belongs to the journal, whose failure never fails a migration (rule 32). */
  journal?: boolean
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

/** One message of several parts. Each part ends in a line of its own: a part may end in a `--` comment. */
export function compose(parts: readonly Part[]): string {
  return parts.map((part) => part.text).join('\n;\n')
}

/** Finds the failing part by the server's position where it gave one, else by the number of completed commands. */
export function locate(parts: readonly Part[], failure: MessageFailure): FailurePlace {
  const position = Number((failure.cause as ServerError).position ?? Number.NaN)
  if (Number.isNaN(position)) {
    const part = parts[failure.completed]
    const { statement } = part ?? {}
    return {
      index: failure.completed,
      part,
      ...(statement === undefined ? {} : { line: statement.line, column: statement.column }),
    }
  }
  let rest = position - 1
  for (const [index, part] of parts.entries()) {
    const length = characters(part.text)
    if (rest <= length + 1) return { index, part, ...placeIn(part.statement, part.text, rest) }
    rest -= length + 3
  }
  return { index: parts.length, part: undefined }
}

function placeIn(statement: CompiledStatement | undefined, text: string, character: number) {
  if (statement === undefined) return {}
  const before = text.slice(0, unitsOf(text, character))
  const breaks = before.split('\n').length - 1
  return {
    line: statement.line + breaks,
    column: breaks === 0 ? statement.column + before.length : before.length - before.lastIndexOf('\n'),
  }
}

// The server counts characters; JavaScript counts UTF-16 units.
function characters(text: string): number {
  return text.length - (text.match(ASTRAL)?.length ?? 0)
}

function unitsOf(text: string, character: number): number {
  let units = 0
  for (let seen = 0; seen < character && units < text.length; seen++)
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1
  return units
}

const ASTRAL = /[\u{10000}-\u{10ffff}]/gu

/** What the server said, in the shape that people and `--json` get. */
export function serverReport(error: Error, mask: (text: string) => string): ServerReport | undefined {
  const { code, message, detail, hint, constraint, table } = error as ServerError
  if (code === undefined || !('severity' in error)) return undefined
  return {
    code,
    message: mask(message),
    ...(detail === undefined ? {} : { detail: mask(detail) }),
    ...(hint === undefined ? {} : { hint }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
  }
}

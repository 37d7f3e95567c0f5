import type { SeedTable } from './table.js'

/** What the server says, as `pg` gives it. */
export interface PgError extends Error {
  code?: string
  where?: string
  detail?: string
  table?: string
  column?: string
  constraint?: string
}

const SECRET = /pass|pwd|secret|token|hash|salt|otp|pin\b/i

/** What the server says of a row, and its error. Its message shows the value that it could not read, which a secret one must not be. */
export function serverSays(
  error: PgError,
  table: Pick<SeedTable, 'name'>,
  column?: string,
): [reason: string, cause?: Error] {
  const name = column ?? error.column
  if (error.code === '23502' && name !== undefined) return [`${name} must have a value`, error]
  if (name !== undefined && SECRET.test(name)) return [`${name}: the server cannot take its value (${error.code})`]
  const at = column === undefined ? '' : `${column}: `
  const { message, constraint } = error
  const of = constraint === undefined || message.includes(constraint) ? '' : ` (${constraint} of ${table.name})`
  return [`${at}${message}${of}`, error]
}

/** Whether an error of the server is about the data it was given, not about what is asked of it. A policy says 42501 of a row. */
export function isOfData({ code = '' }: PgError): boolean {
  return /^(22|23|P0001|44|42501)/.test(code)
}

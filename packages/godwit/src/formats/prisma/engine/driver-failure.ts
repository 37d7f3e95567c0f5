import type { MappedError } from '@prisma/driver-adapter-utils'
import type { DatabaseError } from 'pg'

/** What the server or the driver said, in the words that Prisma's engine understands. */
export function failureOf(error: unknown): MappedError {
  if (!(error instanceof Error)) throw error
  const { code, severity, message, detail, column, hint } = error as DatabaseError
  if (severity === undefined || code === undefined) throw error
  const original = { originalCode: code, originalMessage: message }
  const quoted = /"([^"]*)"/.exec(message)?.[1] ?? ''
  switch (code) {
    // The engine asks for its own table, and takes this answer as "not there yet".
    case '42P01':
      return { ...original, kind: 'TableDoesNotExist', table: quoted }
    case '3D000':
      return { ...original, kind: 'DatabaseDoesNotExist', db: quoted }
    case '42P04':
      return { ...original, kind: 'DatabaseAlreadyExists', db: quoted }
    default:
      return { ...original, kind: 'postgres', code, severity, message, detail, column, hint }
  }
}

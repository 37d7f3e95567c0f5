import { GodwitError, isGodwitError } from '../../errors.js'
import { maskSecrets } from '../../sql/mask.js'
import { MessageFailure } from './message.js'
import { serverReport } from './parts.js'

/** What the server, or the connection to it, said outside of a migration's own statements, as a sentence with a way out. */
export function toServerError(raw: unknown, address: string): unknown {
  const error = raw instanceof MessageFailure ? raw.cause : raw
  if (isGodwitError(error) || !(error instanceof Error)) return error
  const server = serverReport(error, maskSecrets)
  if (server === undefined) {
    const lost = /Connection terminated|not queryable|ECONNRESET|EPIPE/.test(error.message)
    return lost
      ? new GodwitError('GODWIT_CONNECTION_BROKEN', { address, reason: error.message }, { cause: raw })
      : error
  }
  const details = { cause: raw, server }
  const { message, code } = server
  if (code === '42501')
    return new GodwitError('GODWIT_PERMISSION', { what: 'what this command does', reason: message }, details)
  if (code === '25006') return new GodwitError('GODWIT_READ_ONLY', { database: address, names: [] }, details)
  if (code.startsWith('57P')) return new GodwitError('GODWIT_CONNECTION_BROKEN', { address, reason: message }, details)
  const hint = code === '3F000' ? { hint: 'It has to be there ahead of the first migration: CREATE SCHEMA.' } : {}
  return new GodwitError('GODWIT_SERVER_REFUSED', { message }, { ...details, ...hint })
}

/** What failed for want of a right, as GODWIT_PERMISSION; everything else is left to {@link toServerError}. */
export function rightLacking(what: string, raw: unknown): unknown {
  const cause = raw instanceof MessageFailure ? raw.cause : (raw as Error)
  if ((cause as { code?: string }).code !== '42501') return raw
  return new GodwitError('GODWIT_PERMISSION', { what, reason: cause.message }, { cause })
}

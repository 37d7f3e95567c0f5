import { GodwitError, isGodwitError, type ServerReport } from '../../errors.js'
import { isNetworkError, withoutPassword } from './connection-errors.js'
import type { Place } from './url.js'

const UNAUTHORIZED = 13
const NOT_PRIMARY = new Set([10107, 13435, 10058])

/** What the server, or the connection to it, said outside of a migration, as a sentence with a way out. */
export function toServerError(error: unknown, place: Place): unknown {
  if (isGodwitError(error) || !(error instanceof Error) || !error.name.startsWith('Mongo')) return error
  const reason = withoutPassword(error.message, place.url)
  if (isNetworkError(error))
    return new GodwitError('GODWIT_CONNECTION_BROKEN', { address: place.address, reason }, { cause: error })
  const { code } = error as { code?: number | string }
  if (code === UNAUTHORIZED)
    return new GodwitError('GODWIT_PERMISSION', { what: 'what this command does', reason }, { cause: error })
  if (NOT_PRIMARY.has(Number(code)))
    return new GodwitError('GODWIT_READ_ONLY', { database: place.database, names: [] }, { cause: error })
  return new GodwitError('GODWIT_SERVER_REFUSED', { message: reason }, { cause: error, ...serverOf(error, place.url) })
}

/** What the server said, in the shape that people and `--json` get. */
export function serverOf(error: unknown, url: string): { server?: ServerReport } {
  const { code, codeName, message } = Object(error) as { code?: unknown; codeName?: unknown; message?: unknown }
  if (typeof code !== 'number') return {}
  return {
    server: {
      product: 'MongoDB',
      code: typeof codeName === 'string' ? codeName : String(code),
      message: withoutPassword(String(message), url),
    },
  }
}

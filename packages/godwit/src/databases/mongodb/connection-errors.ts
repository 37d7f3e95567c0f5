import { GodwitError, isGodwitError } from '../../errors.js'
import { decoded, type Place } from './url.js'

interface DriverError extends Error {
  code?: string | number
  codeName?: string
  hasErrorLabel?: (label: string) => boolean
}

const AUTHENTICATION_FAILED = 18
const UNAUTHORIZED = 13

/** What the driver said while it connected, as a sentence with a way out; without the password. */
export function toConnectionError(raw: unknown, place: Place): unknown {
  if (isGodwitError(raw) || !(raw instanceof Error)) return raw
  const error = innermost(raw as DriverError)
  const { address, database } = place
  const facts = { address, user: userOf(place.url), database, reason: withoutPassword(error.message, place.url) }
  const cause = { cause: raw }
  const said = `${raw.message} ${error.message} ${String(error.code ?? '')}`
  if (
    ['MongoParseError', 'MongoInvalidArgumentError', 'MongoAPIError', 'ERR_INVALID_URL'].some(
      (name) => raw.name === name,
    )
  )
    return new GodwitError('GODWIT_MONGO_URL_INVALID', { reason: withoutPassword(raw.message, place.url) }, cause)
  if (error.code === AUTHENTICATION_FAILED || /auth(entication)? failed|bad auth/i.test(said))
    return new GodwitError('GODWIT_CONNECTION_PASSWORD', facts, cause)
  if (error.code === UNAUTHORIZED) return new GodwitError('GODWIT_CONNECTION_DENIED', facts, cause)
  if (/ECONNREFUSED|ENOENT/.test(said)) return new GodwitError('GODWIT_CONNECTION_REFUSED', facts, cause)
  if (/ENOTFOUND|EAI_AGAIN|querySrv|ENODATA/.test(said))
    return new GodwitError('GODWIT_CONNECTION_NO_HOST', facts, cause)
  if (/certificate|self.signed|altnames|CERT_|UNABLE_TO/i.test(said))
    return new GodwitError('GODWIT_CONNECTION_CERTIFICATE', facts, cause)
  if (/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|timed out/i.test(said))
    return new GodwitError('GODWIT_CONNECTION_TIMEOUT', facts, cause)
  return new GodwitError('GODWIT_CONNECTION_FAILED', facts, cause)
}

/** Whether the connection, not the operation, is what failed. */
export function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return /^Mongo(Network|ServerSelection|NotConnected|TopologyClosed|ServerClosed|PoolCleared|PoolClosed|ClientClosed)/.test(
    error.name,
  )
}

/** Takes the password of a URL out of a text, however it is written there. */
export function withoutPassword(text: string, url: string): string {
  const [, user = '', password = ''] = /^[^:]+:\/\/([^:@/]*):([^@]*)@/.exec(url) ?? []
  if (password === '') return text
  const written = [`${user}:${password}`, password, decoded(password)]
  return written.reduce((masked, secret) => (secret === '' ? masked : masked.replaceAll(secret, '***')), text)
}

function userOf(url: string): string {
  return decoded(/^[^:]+:\/\/([^:@/]*)(?::[^@]*)?@/.exec(url)?.[1] ?? '')
}

// A failed selection of a server says what each of them said.
function innermost(error: DriverError): DriverError {
  const { reason, cause } = error as { reason?: { servers?: Map<string, { error?: Error }> }; cause?: unknown }
  for (const server of reason?.servers?.values() ?? []) if (server.error) return innermost(server.error as DriverError)
  return cause instanceof Error && cause !== error ? innermost(cause as DriverError) : error
}

import { GodwitError } from '../../errors.js'
import type { ConnectionSettings } from './connection-settings.js'

/**
 * Reads a `postgres://` URL. TLS parameters mean what they mean to `pg`, which the formats' own tools use (rule 30).
 *
 * @throws GodwitError GODWIT_URL_INVALID; the URL itself is not shown, it may hold a password
 */
export function connectionSettings(url: string): ConnectionSettings {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch (cause) {
    throw new GodwitError('GODWIT_URL_INVALID', { reason: 'it cannot be parsed' }, { cause })
  }
  if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') {
    throw new GodwitError('GODWIT_UNSUPPORTED_DATABASE', { what: `A '${parsed.protocol}//' URL` })
  }
  // A password that is not encoded ends the name of the host early: what is taken for the rest may be a part of it.
  if (parsed.pathname.includes('@') || parsed.hash.includes('@'))
    throw new GodwitError('GODWIT_URL_INVALID', {
      reason: 'a /, @ or # in a name or a password must be written %2F, %40, %23',
    })
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text)
    } catch (cause) {
      throw new GodwitError('GODWIT_URL_INVALID', { reason: 'a % in it is not followed by two hex digits' }, { cause })
    }
  }
  const database = decode(parsed.pathname.slice(1)) || decode(parsed.username)
  const user = decode(parsed.username)
  const password = decode(parsed.password)
  const host = parsed.searchParams.get('host') ?? decode(parsed.hostname)
  return {
    address: addressOf(host, parsed.port, database),
    config: {
      connectionString: url,
      ...(user === '' ? {} : { user }),
      ...(password === '' ? {} : { password }),
      ...(database === '' ? {} : { database }),
    },
  }
}

/** Where a server is, for people: no user, no password. */
function addressOf(host: string, port: string, database: string): string {
  const place = host.startsWith('/')
    ? host
    : `${host || 'localhost'}${port === '' || port === '5432' ? '' : `:${port}`}`
  return `postgres://${place}/${database}`
}

/** The same server, another database. */
export function onDatabase(settings: ConnectionSettings, database: string): ConnectionSettings {
  const { connectionString, ...config } = settings.config
  const url = connectionString === undefined ? undefined : new URL(connectionString)
  if (url !== undefined) url.pathname = `/${encodeURIComponent(database)}`
  return {
    ...settings,
    config: { ...config, database, ...(url === undefined ? {} : { connectionString: url.toString() }) },
  }
}

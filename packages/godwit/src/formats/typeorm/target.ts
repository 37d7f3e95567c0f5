import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import type { DataSourceOptions } from './typeorm-shapes.js'

type Credentials = Readonly<Record<string, unknown>>

/**
 * The URL of the database that a DataSource's options name; `undefined`: they name none.
 *
 * @throws GodwitError GODWIT_URL_INVALID; the URL itself is not shown, it may hold a password
 */
export async function urlOf(options: DataSourceOptions, warn: FormatContext['warn']): Promise<string | undefined> {
  const credentials = masterOf(options) ?? options
  const extra = asRecord(options.extra)
  const url = base(credentials, await passwordOf(credentials.password))
  if (url === undefined) return undefined
  const tls = sslMode(credentials.ssl ?? extra?.ssl, warn)
  if (tls !== undefined && !url.searchParams.has('sslmode')) url.searchParams.set('sslmode', tls)
  // Such as `-c search_path=app`, on which unqualified names depend.
  if (typeof extra?.options === 'string') url.searchParams.set('options', extra.options)
  return url.toString()
}

/** A `url` wins over single options, as `pg` has it. */
function base(credentials: Credentials, password: string | undefined): URL | undefined {
  const { url, host, port, username, database } = credentials
  if (typeof url === 'string' && url !== '') return parse(url)
  if (host === undefined && database === undefined && username === undefined) return undefined
  const composed = new URL('postgres://localhost')
  const where = typeof host === 'string' && host !== '' ? host : 'localhost'
  if (where.startsWith('/')) composed.searchParams.set('host', where)
  else composed.hostname = where.includes(':') ? `[${where}]` : where
  if (port !== undefined) composed.port = String(port)
  if (typeof username === 'string') composed.username = encodeURIComponent(username)
  if (password !== undefined) composed.password = encodeURIComponent(password)
  if (typeof database === 'string') composed.pathname = `/${encodeURIComponent(database)}`
  return composed
}

function parse(url: string): URL {
  if (URL.canParse(url)) return new URL(url)
  throw new GodwitError('GODWIT_URL_INVALID', { reason: "the data source's cannot be parsed" })
}

function masterOf(options: DataSourceOptions): Credentials | undefined {
  return asRecord(asRecord(options.replication)?.master)
}

/** A password may be a function, for tokens that expire. */
async function passwordOf(password: unknown): Promise<string | undefined> {
  const value: unknown = typeof password === 'function' ? await password() : password
  return value === undefined || value === null ? undefined : String(value)
}

/** `pg`'s `ssl` as a URL's `sslmode` that means the same to `pg`. */
function sslMode(ssl: unknown, warn: FormatContext['warn']): string | undefined {
  if (ssl === undefined || ssl === null || ssl === false) return undefined
  const details = asRecord(ssl)
  if (details?.rejectUnauthorized === false) return 'no-verify'
  if (details && ['ca', 'cert', 'key'].some((key) => details[key] !== undefined)) {
    warn(
      'The certificates in the data source are not taken over: name them in a database URL with sslrootcert, sslcert and sslkey.',
    )
  }
  return 'verify-full'
}

function asRecord(value: unknown): Credentials | undefined {
  return typeof value === 'object' && value !== null ? (value as Credentials) : undefined
}

import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'

/** What a Prisma URL means for `pg`, which does not know Prisma's parameters. */
export interface PrismaTarget {
  /** Without the parameters that only Prisma knows. A `host=` parameter (a socket's folder) stays: `pg` knows it. */
  connectionString: string
  /**
   * The URL's `schema`, `public` when absent: search_path and home of the history (rule 29). Prisma makes it when it does
   * not exist.
   */
  schema: string
  /**
   * The startup option that makes `schema` the search_path. Empty for a pooler's `public`: a pooler may refuse startup
   * options, and the default search_path leads there as well.
   */
  options: string
  /** `prefer`: with TLS if the server has it; `unverified`: TLS, any certificate; `verified`: TLS, certificate checked. */
  tls: 'off' | 'prefer' | 'unverified' | 'verified'
  /** For the `ssl` of `pg`; absent with `tls: 'off'`. With `prefer` it is what to use if the server has TLS. */
  ssl?: {
    rejectUnauthorized: boolean
    ca?: string
    pfx?: Buffer
    passphrase?: string
    checkServerIdentity?: () => undefined
  }
  /** The URL says `pgbouncer=true`: the connection is a pooler's. */
  pooled: boolean
  /** From `connect_timeout`, in milliseconds. */
  connectionTimeoutMillis?: number
}

/** Parameters that tune Prisma's own pool or client and mean nothing to one session. */
const prismaOnly = [
  'schema',
  'pgbouncer',
  'connection_limit',
  'connect_timeout',
  'pool_timeout',
  'socket_timeout',
  'max_connection_lifetime',
  'max_idle_connection_lifetime',
  'statement_cache_size',
  'single_use_connections',
  'channel_binding',
  'sslmode',
  'sslaccept',
  'sslcert',
  'sslidentity',
  'sslpassword',
  'options',
]

/**
 * Reads a Prisma URL (https://www.prisma.io/docs/orm/overview/databases/postgresql#arguments) for `pg`.
 *
 * @param projectDir certificate paths are relative to its `prisma` folder, or to itself
 * @throws GODWIT_PRISMA_PROXY for `prisma://`, GODWIT_URL_INVALID and GODWIT_UNSUPPORTED_DATABASE for what is no PostgreSQL URL; the URL is never part of
 * the message
 * @example
 * prismaUrl('postgresql://me@localhost/app?schema=shop').schema // 'shop'
 */
export function prismaUrl(text: string, projectDir = process.cwd()): PrismaTarget {
  const url = parse(text)
  const parameter = (name: string) => url.searchParams.get(name) ?? undefined
  const schema = parameter('schema') || 'public'
  const timeout = Number(parameter('connect_timeout'))
  const given = parameter('options')
  const pooled = parameter('pgbouncer') === 'true'
  const setting = `-c search_path=${optionValue(`"${schema.replaceAll('"', '""')}"`)}`
  const tls = tlsOf(parameter('sslmode'), parameter('sslaccept'))
  const target: PrismaTarget = {
    connectionString: '',
    schema,
    options: pooled ? (given ?? '') : [given, setting].filter(Boolean).join(' '),
    tls,
    pooled,
    ...(tls === 'off' ? {} : { ssl: sslOf(url, tls, projectDir) }),
    ...(timeout > 0 ? { connectionTimeoutMillis: timeout * 1000 } : {}),
  }
  for (const name of prismaOnly) url.searchParams.delete(name)
  if (url.pathname === '' || url.pathname === '/') url.pathname = '/postgres'
  target.connectionString = url.toString()
  return target
}

/** @throws GODWIT_PRISMA_PROXY */
export function refuseProxy(text: string): void {
  const scheme = /^prisma(\+postgres)?:/.exec(text)?.[0]
  if (scheme !== undefined) throw new GodwitError('GODWIT_PRISMA_PROXY', { scheme })
}

function parse(text: string): URL {
  refuseProxy(text)
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // The cause is left out: it repeats the URL with its password.
    throw new GodwitError('GODWIT_URL_INVALID', {
      reason: 'it cannot be parsed; special characters are written as %XX',
    })
  }
  if (url.protocol === 'postgres:' || url.protocol === 'postgresql:') return url
  throw new GodwitError('GODWIT_UNSUPPORTED_DATABASE', { what: `A '${url.protocol}//' URL` })
}

// Prisma takes any certificate unless `sslaccept=strict` (rule 30: as the format's own tool does). It knows no
// verify-ca and verify-full; who wrote them wants the check, and it is never weakened.
function tlsOf(mode: string | undefined, accept: string | undefined): PrismaTarget['tls'] {
  if (mode === 'disable') return 'off'
  if (mode === 'verify-full' || mode === 'verify-ca') return 'verified'
  if (mode === 'require') return accept === 'strict' ? 'verified' : 'unverified'
  return 'prefer'
}

function sslOf(url: URL, tls: PrismaTarget['tls'], projectDir: string): NonNullable<PrismaTarget['ssl']> {
  const file = (name: string) => readCertificate(url.searchParams.get(name), projectDir)
  const ca = file('sslcert')
  const pfx = file('sslidentity')
  const passphrase = url.searchParams.get('sslpassword')
  return {
    rejectUnauthorized: tls === 'verified' || url.searchParams.get('sslaccept') === 'strict',
    ...(ca === undefined ? {} : { ca: ca.toString('utf8') }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === null ? {} : { passphrase }),
    ...(url.searchParams.get('sslmode') === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}

function readCertificate(path: string | null, projectDir: string): Buffer | undefined {
  if (path === null) return undefined
  const places = isAbsolute(path) ? [path] : [resolve(projectDir, 'prisma', path), resolve(projectDir, path)]
  try {
    return readFileSync(places.find(existsSync) ?? path)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new GodwitError('GODWIT_FILE_UNREADABLE', { file: path, reason }, { cause })
  }
}

// In the startup options white space ends a value unless a backslash is before it.
function optionValue(text: string): string {
  return text.replace(/[\\\s]/g, '\\$&')
}

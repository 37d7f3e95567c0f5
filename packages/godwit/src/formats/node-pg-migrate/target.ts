import type { FormatContext } from '../contract.js'
import type { NodePgMigrateSection } from './section.js'
import type { Settings } from './settings.js'

/**
 * The database URL that node-pg-migrate's command would use, in its order: the environment variable, the config's
 * `url` or parts, the `PG…` variables. `undefined`: none of them says enough, or it is `DATABASE_URL`, which everybody
 * reads.
 */
export function targetOf(
  section: NodePgMigrateSection | undefined,
  { own }: Pick<Settings, 'own'>,
  env: FormatContext['env'],
): string | undefined {
  const variable = section?.databaseUrlVar ?? own.databaseUrlVar ?? 'DATABASE_URL'
  if (env[variable]) return variable === 'DATABASE_URL' ? undefined : env[variable]
  const { connection } = own
  if (typeof connection === 'string') return connection || undefined
  if (typeof connection === 'object' && connection !== null) return urlOf(connection as Record<string, unknown>)
  const { PGHOST: host, PGPORT: port, PGUSER, USER, PGPASSWORD: password, PGDATABASE } = env
  const user = PGUSER ?? USER
  const database = PGDATABASE ?? user
  if (!host || !user || !database) return undefined
  return urlOf({ host, port, user, password, database })
}

// Of a client config only what a URL can say: certificates given as text have no place in one.
function urlOf(config: Record<string, unknown>): string | undefined {
  if (typeof config.connectionString === 'string') return config.connectionString
  const database = text(config.name) ?? text(config.database)
  const host = text(config.host) ?? 'localhost'
  const url = new URL('postgres://localhost')
  if (host.startsWith('/')) url.searchParams.set('host', host)
  else url.host = host.includes(':') ? `[${host}]` : host
  url.port = text(config.port) ?? '5432'
  url.username = encodeURIComponent(text(config.user) ?? '')
  url.password = encodeURIComponent(text(config.password) ?? '')
  url.pathname = `/${encodeURIComponent(database ?? '')}`
  if (config.ssl) url.searchParams.set('sslmode', trustsAnyone(config.ssl) ? 'no-verify' : 'verify-full')
  return url.toString()
}

// Written like that, it is what the format's own tool does (rule 30).
function trustsAnyone(ssl: unknown): boolean {
  return typeof ssl === 'object' && ssl !== null && 'rejectUnauthorized' in ssl && ssl.rejectUnauthorized === false
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined
}

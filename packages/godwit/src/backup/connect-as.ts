import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import type pg from 'pg'

type Environment = Readonly<Record<string, string | undefined>>

/** How a program of PostgreSQL connects to where a session of ours is connected. */
export interface Access {
  /** The whole environment of the child; the password is in it and nowhere else. */
  env: Record<string, string>
  database: string
  /** For taking it out of what a program says. */
  password: string
  /** Takes certificates away that were written down for it. */
  close: () => Promise<void>
}

/** What `pg` settled on, from a URL, from variables and from files. */
interface Settled {
  host: string
  port: number
  user: string
  database: string
  password: string | null
  ssl: boolean | Tls
  connectionParameters?: { options?: string | null }
}

/** The `ssl` of `pg`, as far as libpq knows the like. */
interface Tls {
  rejectUnauthorized?: boolean
  ca?: Certificate
  cert?: Certificate
  key?: Certificate
  /** Set where the server's name is not checked. */
  checkServerIdentity?: unknown
}

type Certificate = string | Buffer | readonly (string | Buffer)[]

/**
 * Says how a session connected, in the words of libpq. Where `pg` verifies the server, the program verifies it against the same
 * authorities (rule 30): libpq's own `require` would not.
 */
export async function connectAs(client: pg.Client, own: Environment): Promise<Access> {
  const { host, port, user, database, password, ssl, connectionParameters } = client as unknown as Settled
  const tls = await writeTls(ssl)
  const said: Record<string, string> = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGAPPNAME: 'godwit backup',
    PGCONNECT_TIMEOUT: '15',
    PGCLIENTENCODING: 'UTF8',
    ...(password ? { PGPASSWORD: password } : {}),
    ...(connectionParameters?.options ? { PGOPTIONS: connectionParameters.options } : {}),
    ...tls.env,
  }
  return { env: { ...withoutOurs(own), ...said }, database, password: password ?? '', close: tls.close }
}

// What the session was not made by must not lead the program elsewhere. Messages are read in English.
function withoutOurs(own: Environment): Record<string, string> {
  const kept = Object.entries(own).filter(([name]) => !/^PG[A-Z]+$/.test(name))
  return { ...(Object.fromEntries(kept) as Record<string, string>), LC_MESSAGES: 'C', LC_ALL: 'C' }
}

async function writeTls(ssl: boolean | Tls): Promise<{ env: Record<string, string>; close: () => Promise<void> }> {
  if (ssl === false) return { env: { PGSSLMODE: 'disable' }, close: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'godwit-tls-'))
  const write = async (name: string, content: Certificate): Promise<string> => {
    const file = join(folder, name)
    await writeFile(file, [content].flat().join('\n'), { mode: 0o600 })
    return file
  }
  const { rejectUnauthorized, ca, cert, key, checkServerIdentity } = ssl === true ? ({} as Tls) : ssl
  const env: Record<string, string> = { PGSSLMODE: sslMode(rejectUnauthorized, checkServerIdentity !== undefined) }
  if (rejectUnauthorized !== false) env.PGSSLROOTCERT = await write('root.crt', ca ?? rootCertificates)
  if (cert !== undefined) env.PGSSLCERT = await write('client.crt', cert)
  if (key !== undefined) env.PGSSLKEY = await write('client.key', key)
  return { env, close: () => rm(folder, { recursive: true, force: true }) }
}

function sslMode(rejectUnauthorized: boolean | undefined, anyName: boolean): string {
  if (rejectUnauthorized === false) return 'require'
  return anyName ? 'verify-ca' : 'verify-full'
}

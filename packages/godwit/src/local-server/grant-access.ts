import type pg from 'pg'
import { loadPeer } from '../loading/peer.js'
import { ident, literal } from '../sql/quote.js'
import type { Binaries } from './binaries.js'
import { failed } from './cluster.js'
import { readLog } from './postmaster.js'
import type { Access, Saved, ServerFiles } from './saved.js'

const WRONG_PASSWORD = '28P01'

/**
 * Makes the role and the database that are asked for, where they are not there, and gives the role its password.
 *
 * @returns what to keep for the next start
 * @throws GODWIT_DB_FAILED when the server does not let its own superuser in
 */
export async function grantAccess(
  binaries: Binaries,
  files: ServerFiles,
  admin: Saved['admin'],
  access: Access,
): Promise<Saved> {
  const { client, password } = await connect(binaries, files, admin, access)
  try {
    const { user, database } = access
    const [roles, databases] = [
      await client.query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [user]),
      await client.query('SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1', [database]),
    ]
    if (roles.rowCount === 0) await client.query(`CREATE ROLE ${ident(user)} SUPERUSER LOGIN`)
    if (user !== admin.user || password !== access.password)
      await client.query(`ALTER ROLE ${ident(user)} LOGIN PASSWORD ${literal(access.password)}`)
    if (databases.rowCount === 0) await client.query(`CREATE DATABASE ${ident(database)} OWNER ${ident(user)}`)
    return { ...access, admin: { user: admin.user, password: user === admin.user ? access.password : password } }
  } finally {
    await client.end()
  }
}

// Whoever changed the superuser's password by hand gives the new one as --password.
async function connect(
  binaries: Binaries,
  files: ServerFiles,
  admin: Saved['admin'],
  access: Access,
): Promise<{ client: pg.Client; password: string }> {
  const { Client } = await loadPeer<typeof pg>('pg', { from: binaries.packageDir, why: 'godwit db' })
  const { port } = access
  for (const password of new Set([admin.password, access.password])) {
    const client = new Client({ host: '127.0.0.1', port, user: admin.user, password, database: 'postgres', ssl: false })
    // A server that ends while we talk to it fails the query; the socket's own event has nothing to add.
    client.on('error', () => {})
    try {
      await client.connect()
      return { client, password }
    } catch (error) {
      await client.end().catch(() => {})
      if ((error as { code?: string }).code !== WRONG_PASSWORD)
        throw failed('does not answer', String(error), files.log)
    }
  }
  throw failed(`does not let '${admin.user}' in: give its password with --password`, await readLog(files), files.log)
}

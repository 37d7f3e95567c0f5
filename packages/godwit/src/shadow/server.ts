import { randomBytes } from 'node:crypto'
import { Connection } from '../databases/postgres/connection.js'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { PostgresTarget } from '../databases/postgres/target.js'
import { onDatabase } from '../databases/postgres/url.js'
import { loadParser } from '../sql/classify.js'
import { ident } from '../sql/quote.js'
import { administer } from './administer.js'
import type { KeepableDatabase, ShadowPlace } from './contract.js'
import { keptInside } from './guard.js'
import { makeScratchOwner, type ScratchOwner } from './scratch-owner.js'
import { makeUntrusted, takingThem } from './untrusted-extensions.js'

/**
 * Shadows on a server that was named for it: databases `godwit_shadow_<random>` of this process, dropped behind it and no
 * others (rule 31). Nothing is kept there. Where the role that is named may do more than make databases, they belong to one that may not.
 *
 * @param texts the migrations, as far as they are text
 * @throws GODWIT_CONNECTION_…, GODWIT_SHADOW_ROLE, and what the server says of CREATE DATABASE
 */
export async function serverPlace(
  settings: ConnectionSettings,
  projectDir: string,
  texts: readonly string[],
): Promise<ShadowPlace> {
  const { rows } = await administer(settings, projectDir, ownRole)
  const [role] = rows as Role[]
  const isMighty = role !== undefined && (role.superuser || role.createrole)
  const owner = isMighty ? await makeScratchOwner(settings, projectDir) : undefined
  const place = settings.address.replace(/^postgres:\/\//, '').replace(/\/.*$/, '')
  const prepare = async (database: ConnectionSettings) => {
    if (owner === undefined || !role?.superuser) return []
    // From 15 on it is the database owner's.
    if (role.major < 15) await administer(database, projectDir, `ALTER SCHEMA public OWNER TO ${ident(owner.name)}`)
    return makeUntrusted(database, projectDir, texts)
  }
  return {
    product: `scratch database on ${place}`,
    key: place,
    lastKept: async () => undefined,
    open: () => scratch(settings, projectDir, owner, prepare),
    close: async () => owner?.drop(),
  }
}

interface Role {
  superuser: boolean
  createrole: boolean
  major: number
}

const ownRole = `SELECT rolsuper AS superuser, rolcreaterole AS createrole, current_setting('server_version_num')::int / 10000 AS major
  FROM pg_roles WHERE rolname = current_user`

async function scratch(
  admin: ConnectionSettings,
  projectDir: string,
  owner: ScratchOwner | undefined,
  prepare: (database: ConnectionSettings) => Promise<string[]>,
): Promise<KeepableDatabase> {
  const name = `godwit_shadow_${randomBytes(6).toString('hex')}`
  // Of template1 somebody may have made something.
  const owned = owner === undefined ? '' : ` OWNER ${ident(owner.name)}`
  await administer(admin, projectDir, `CREATE DATABASE ${ident(name)}${owned} TEMPLATE template0`)
  const drop = async () =>
    void (await administer(admin, projectDir, `DROP DATABASE IF EXISTS ${ident(name)} WITH (FORCE)`))
  try {
    const made = await prepare(onDatabase(admin, name))
    return shadowDatabase(onDatabase(owner?.settings ?? admin, name), projectDir, drop, made)
  } catch (error) {
    await drop()
    throw error
  }
}

/**
 * A database on a server as a shadow: no migration leads out of it.
 *
 * @param made extensions that are there already
 */
export function shadowDatabase(
  settings: ConnectionSettings,
  projectDir: string,
  close: () => Promise<void>,
  made: readonly string[] = [],
): KeepableDatabase {
  return {
    connect: async () => (await Connection.open(settings, projectDir)).client,
    database: {
      kind: 'postgres',
      address: settings.address,
      // Migrations are somebody's code; what a format asks is not.
      open: async (history, options) => {
        await loadParser()
        const sends = (text: string) => keptInside(takingThem(text, made))
        return PostgresTarget.open({ ...settings, sends }, history, options)
      },
    },
    close,
  }
}

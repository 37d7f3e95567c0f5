import { randomBytes } from 'node:crypto'
import type { ConnectionSettings } from '../databases/postgres/connection-settings.js'
import { GodwitError } from '../errors.js'
import { reasonOf } from '../loading/error-facts.js'
import { ident, literal } from '../sql/quote.js'
import { administer } from './administer.js'

/** A role that owns shadows and may do nothing else. */
export interface ScratchOwner {
  name: string
  /** The same server, as this role. */
  settings: ConnectionSettings
  drop: () => Promise<void>
}

/**
 * Makes the owner of shadows on a server where the role that is named may do more than make databases (rule 31): what a DO block
 * executes, no parser sees, and there the rights of the role are all that holds.
 *
 * @throws GODWIT_SHADOW_ROLE where the server does not let it in
 */
export async function makeScratchOwner(admin: ConnectionSettings, projectDir: string): Promise<ScratchOwner> {
  const name = `godwit_shadow_${randomBytes(6).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  const settings = asRole(admin, name, password)
  const drop = async () => void (await administer(admin, projectDir, `DROP ROLE IF EXISTS ${ident(name)}`))
  // Whoever is no superuser makes a database for a role only as a member of it.
  await administer(
    admin,
    projectDir,
    `CREATE ROLE ${ident(name)} LOGIN PASSWORD ${literal(password)}; GRANT ${ident(name)} TO CURRENT_USER`,
  )
  try {
    await administer(settings, projectDir, 'SELECT')
  } catch (cause) {
    await drop()
    throw new GodwitError('GODWIT_SHADOW_ROLE', { address: admin.address, reason: reasonOf(cause) }, { cause })
  }
  return { name, settings, drop }
}

function asRole(settings: ConnectionSettings, user: string, password: string): ConnectionSettings {
  const { connectionString, ...config } = settings.config
  const url = connectionString === undefined ? undefined : new URL(connectionString)
  if (url !== undefined) Object.assign(url, { username: user, password })
  const where = url === undefined ? {} : { connectionString: url.toString() }
  return { ...settings, config: { ...config, user, password, ...where } }
}

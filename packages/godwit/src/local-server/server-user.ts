import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GodwitError } from '../errors.js'

const execute = promisify(execFile)
const NAME = 'postgres'

/** The system user that the server runs as, where it is not the one who called. */
export interface ServerUser {
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root. As root the server runs as the system user `postgres`, which is made when it is
 * not there; as anybody else it runs as the caller.
 *
 * @throws GODWIT_DB_FAILED when the user cannot be made
 */
export async function serverUser(log: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const found = await lookUp()
  if (found !== undefined) return found
  try {
    await execute('groupadd', ['-f', NAME])
    await execute('useradd', ['-g', NAME, NAME])
  } catch (cause) {
    const reason = `it cannot run as root, and a user '${NAME}' could not be made`
    throw new GodwitError('GODWIT_DB_FAILED', { what: 'did not start', reason, log }, { cause, hint: AS_SOMEBODY })
  }
  const made = await lookUp()
  if (made === undefined) {
    const reason = `it cannot run as root, and there is no user '${NAME}'`
    throw new GodwitError('GODWIT_DB_FAILED', { what: 'did not start', reason, log }, { hint: AS_SOMEBODY })
  }
  return made
}

const AS_SOMEBODY = 'Run godwit db as another user than root.'

async function lookUp(): Promise<ServerUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, NAME])))
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) }
  } catch {
    return undefined
  }
}

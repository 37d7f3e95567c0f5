import { ident } from '../../sql/quote.js'
import type { OpenOptions } from '../contract.js'
import { timeoutSettings } from './waiting/timeouts.js'
import type { WorkingSession } from './working-session.js'

// A node that vanished, or a client that died, is noticed within seconds (rule 2).
const WATCHED = [
  "SET client_connection_check_interval = '1s'",
  'SET tcp_keepalives_idle = 10',
  'SET tcp_keepalives_interval = 5',
  'SET tcp_keepalives_count = 3',
]

/** The SET commands that make a session what a run wants. */
export function sessionSettings(options: OpenOptions, embedded: boolean): string[] {
  const settings: string[] = []
  if (!embedded) settings.push(...WATCHED)
  if (options.searchPath !== undefined) settings.push(`SET search_path TO ${options.searchPath.map(ident).join(', ')}`)
  return [...settings, ...timeoutSettings(options)]
}

/** The same for one transaction. */
export function localSetting(setting: string): string {
  return setting.replace(/^SET /, 'SET LOCAL ')
}

/**
 * Makes the settings, and gives those that this server has. A pooler's session is only asked: others have it next, and
 * each transaction makes them for itself.
 */
export async function applySettings({ connection, pooled, settings }: WorkingSession): Promise<readonly string[]> {
  const apply = async (some: readonly string[]): Promise<boolean> => {
    const tried = pooled ? ['BEGIN', ...some.map(localSetting), 'ROLLBACK'] : some
    try {
      await connection.send(tried.join(';\n'))
      return true
    } catch {
      if (pooled) await connection.send('ROLLBACK')
      return false
    }
  }
  if (await apply(settings)) return settings
  const accepted: string[] = []
  for (const setting of settings) if (await apply([setting])) accepted.push(setting)
  return accepted
}

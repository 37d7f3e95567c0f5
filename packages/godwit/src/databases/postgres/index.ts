import type { Database } from '../contract.js'
import type { ConnectionSettings } from './connection-settings.js'
import { PostgresTarget } from './target.js'

export { connectionSettings } from './url.js'

/** A PostgreSQL server. */
export function postgresDatabase(settings: ConnectionSettings): Database {
  return {
    kind: 'postgres',
    address: settings.address,
    open: (history, options) => PostgresTarget.open(settings, history, options),
  }
}

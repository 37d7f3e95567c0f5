import type { PGlite } from '@electric-sql/pglite'
import type { ConnectionSettings } from '../postgres/connection-settings.js'
import { PgliteStream } from './stream.js'

/** How a client reaches a PGlite of this process. */
export function embeddedSettings(pglite: PGlite, address: string): ConnectionSettings {
  return { config: { user: 'postgres', database: 'postgres' }, address, stream: () => new PgliteStream(pglite) }
}

import type { ConnectionSettings } from '../postgres/connection-settings.js'
import { PgliteStream, type ProtocolServer } from './stream.js'

/** How a client reaches a PGlite of this process. */
export function embeddedSettings(pglite: ProtocolServer, address: string): ConnectionSettings {
  return { config: { user: 'postgres', database: 'postgres' }, address, stream: () => new PgliteStream(pglite) }
}

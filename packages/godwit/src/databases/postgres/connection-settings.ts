import type { Duplex } from 'node:stream'
import type pg from 'pg'

/** How to reach a server: a URL, or a stream for the embedded one. */
export interface ConnectionSettings {
  config: pg.ClientConfig
  /** For people: without a password. */
  address: string
  /** Goes on without TLS when the server has none. */
  plainIfNoTls?: boolean
  /** Makes the stream in the place of a socket. */
  stream?: () => Duplex
  /** Gives what is sent in the place of every text. */
  sends?: (text: string) => string
}

import type { SeedStore } from '../databases/seeding.js'
import type { RunEvent } from '../engine/events.js'
import type { Orm } from '../formats/contract.js'

/** What seeds run with. */
export interface SeedContext {
  store: SeedStore
  environment: string
  onEvent: (event: RunEvent) => void
  signal?: AbortSignal | undefined
  /** How long a function or a program may go on when the run is stopped. */
  graceMs: number
  /** The column of a reference that names none. */
  idColumn: string
  /** An error of the server or the driver as a GodwitError. */
  explain: (error: unknown) => unknown
  orm: Orm | undefined
  /** The target's, for what connects by itself; `undefined`: nothing else can connect to it. */
  url: string | undefined
  /** Absolute. */
  projectDir: string
  env: Readonly<Record<string, string | undefined>>
}

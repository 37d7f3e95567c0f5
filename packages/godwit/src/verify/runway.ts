import type { Ground } from './try-ways.js'

/** Throwaway databases for one migration behind the other. */
export interface Runway {
  /** For people: `PGlite (PostgreSQL 18)`. */
  description: string
  /**
   * The ground of a migration: behind all that come before it. The one that is there is led on where it can be.
   *
   * @param index of the migration
   * @throws GODWIT_SHADOW_REPLAY when one before it fails
   */
  at: (index: number) => Promise<Ground>
  /** What was tried last did not come back: the next ground is made anew. */
  leave: () => Promise<void>
  close: () => Promise<void>
}

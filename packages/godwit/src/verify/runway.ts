import type { Ground } from './try-ways.js'

/** Throwaway databases for one migration behind the other. */
export interface Runway {
  /** For people: `PGlite (PostgreSQL 18)`. */
  description: string
  /**
   * The ground of a migration: behind all that come before it. The one that is there is led on where it can be.
   *
   * @param index of the migration
   * @param anew the one that is there is of no use any more
   * @throws GODWIT_SHADOW_REPLAY when one before it fails
   */
  at: (index: number, anew?: boolean) => Promise<Ground>
  close: () => Promise<void>
}

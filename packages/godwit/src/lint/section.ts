import type { Level } from './finding.js'

/** The config's `lint`. */
export interface LintSection {
  /** Levels by code, over the rules' own. */
  rules?: Record<string, Level>
  /** Major version of the PostgreSQL that the migrations meet, where no database is asked. */
  postgres?: number
  /** A table with fewer rows and bytes is small: what is done to it takes no time. Default 10,000 rows and 10 MB. */
  smallTable?: { rows?: number; bytes?: number }
}

/** Up applies, down undoes. */
export type Direction = 'up' | 'down'

/** What is known of a migration when files and history are laid side by side (`product.md`, "Words"). */
export type State = 'applied' | 'pending' | 'out-of-order' | 'edited' | 'missing' | 'failed'

/** Not applied and waiting for an `up`. */
export function isWaiting(state: State): boolean {
  return state === 'pending' || state === 'out-of-order'
}

/** Stopped in the middle in that direction, and the next run in it goes on from there. */
export function canResume({ state, file, open }: MigrationStatus, direction: Direction): boolean {
  return state === 'failed' && file !== null && open?.checkpoint !== undefined && open.direction === direction
}

/** A migration as it lies on disk; made by a format's listing, which never imports user code. */
export interface MigrationFile {
  /** Its identity in the format's history. */
  name: string
  /** Absolute path of the file that holds it. */
  file: string
  /** Sorts migrations; compared byte by byte, see `engine/order.ts`. */
  sortKey: string
  /** What its content is compared by: `<kind>:<sha256>`. Contents of different kinds (`ts`, `js`) are never compared. */
  hash: string
  /** Checksum as the format's own history keeps it, where it keeps one. */
  checksum?: string
  /** Further checksums that mean the same content (another line ending). */
  sameChecksums?: string[]
  /** `false`: it is known from the listing alone that there is no way back. */
  reversible: boolean | 'unknown'
}

/** One row of the format's history, read as every format's history can be read. */
export interface HistoryRow {
  name: string
  /** When it was applied; `null` where the format does not say. */
  appliedAt: Date | null
  /**
   * `failed`: started and not finished, as Prisma records it. `undone`: so recorded, but the journal saw that it was
   * rolled back as a whole (rule 17).
   */
  outcome: 'applied' | 'failed' | 'undone'
  /** Checksum that the format's own tool recorded. */
  checksum: string | null
  /** The same for all that one run applied, where the format's history says so. */
  block?: number
  /** The hash that Godwit's journal knows for the applied content; `null` if the journal never saw it. */
  hash: string | null
  /** Who applied it and how long it took, from the journal. */
  by: string | null
  durationMs: number | null
}

/** A step that the journal saw start outside a transaction and never saw end. */
export interface OpenStep {
  name: string
  direction: Direction
  /** How many of its statements are known to be done. */
  done: number
  error: string | null
  startedAt: Date
  /** All of it was done, and only the history does not say so. */
  ended?: true
  /** What it takes to go on behind those; absent: by itself nothing can. */
  checkpoint?: Checkpoint
}

/** What the journal keeps of the statements of an open step. */
export interface Checkpoint {
  /** How they were run, as the database names it. */
  mode: string
  /** Of the file as it was; see {@link MigrationFile.hash}. */
  hash: string | null
  /** Of a large script the first ones only. `apart`: runs outside of a transaction, and may have left something. */
  statements: readonly { hash: string; apart?: unknown }[]
}

/** Everything a look at the database tells. */
export interface Look {
  /** In the order they were applied. */
  rows: HistoryRow[]
  open: OpenStep[]
  /** Pending migrations that stand before an applied one on purpose, having been passed over: they are not out of order (rule 40). */
  passed: string[]
  /** Does the format's history table exist? */
  historyExists: boolean
  /** Can the journal be read and written; if not, why. */
  journal: 'ready' | 'absent' | 'denied'
  /** Marked as production in the database itself. */
  production: boolean
}

/** A migration with its state, as `status` shows it. */
export interface MigrationStatus {
  name: string
  state: State
  appliedAt: Date | null
  /** Absolute path; `null` when missing. */
  file: string | null
  by: string | null
  durationMs: number | null
  /** A finding that does not stop a run, such as an edit from before the adoption (rule 24). */
  warning?: 'edited-before-adoption'
  /** For `failed`: what the journal knows. */
  open?: OpenStep
}

/** What every migration file exports. */
export interface Migration {
  /** Unique, and the order: `001-description-of-change`. */
  name: string
  /** It may run again when it stopped half-way: what it has done already, it does not do twice. */
  idempotent?: boolean
  up: () => Promise<void>
  down: () => Promise<void>
}

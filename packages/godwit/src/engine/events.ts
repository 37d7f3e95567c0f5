import type { Direction } from './migration.js'

/** What happens inside one step. */
export type StepEvent =
  | { type: 'statement'; index: number; total: number | null; tag: string }
  | { type: 'notice'; message: string }

/** What a run tells while it goes on; the CLI turns these into its progress lines. */
export type RunEvent =
  | { type: 'waiting'; holder: string; waitedMs: number; givingUpInMs: number }
  | { type: 'planned'; direction: Direction; names: string[] }
  | { type: 'step-started'; name: string; direction: Direction; index: number; total: number }
  | ({ name: string } & StepEvent)
  | { type: 'step-done'; name: string; direction: Direction; statements: number; durationMs: number }
  | { type: 'step-failed'; name: string; direction: Direction; left: 'nothing' | 'part' | 'unknown' }
  /** A reset dropped these, one line each. */
  | { type: 'dropped'; objects: string[] }
  | { type: 'warning'; message: string }

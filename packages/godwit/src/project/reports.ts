import type { DescribedStatement, DescribedStep, Settlement } from '../databases/contract.js'
import type { LoggedRun } from '../engine/log.js'
import type { MigrationStatus } from '../engine/migration.js'
import type { PlanRequest } from '../engine/plan.js'
import type { Impact } from '../impact/foresee.js'
import type { Finding } from '../preflight/finding.js'
import type { Consent } from './production.js'

/** What `status` tells. */
export interface StatusReport {
  project: string
  format: string
  /** For people: without a password. */
  database: string
  /** Product and version, for people. */
  server: string
  production: boolean
  /** In the one order. */
  migrations: MigrationStatus[]
}

/** A statement that a run would send, with what it takes and does. */
export type PlannedStatement = Omit<DescribedStatement, 'text'> & Impact

/** A migration that a run would apply or undo. */
export interface PlannedMigration extends Omit<DescribedStep, 'statements'> {
  statements: PlannedStatement[]
  /** Of an up: whether there is a way back. That it comes back is what `verify` finds out. */
  down?: 'written' | 'none'
}

/** What `plan` tells. */
export interface PlanReport {
  direction: 'up' | 'down'
  /** Of the steps and their files: two plans of the same hash run the same. */
  hash: string
  steps: PlannedMigration[]
  /** What would fail or wait on what is there now (rule 36: a forecast). */
  findings: Finding[]
  /** What could not be found out, and why. */
  notes: string[]
}

/** What `log` tells. */
export interface LogReport {
  project: string
  format: string
  /** For people: without a password. */
  database: string
  /** `absent`: nothing was run with Godwit here yet, or never with the right to keep a journal. */
  journal: 'ready' | 'absent'
  /** The newest first; steps are about this project's history only. */
  runs: LoggedRun[]
  /** There are older ones. */
  more: boolean
}

/** How to ask for an up; names may be any unique part of one. */
export type UpRequest = Pick<PlanRequest, 'to' | 'step' | 'only' | 'allowOutOfOrder' | 'allowMissing'> & {
  /** Records the steps as applied without running them. */
  fake?: boolean
  /** `false`: the rows that are there are not asked whether it will work. `full`: tables of any size are. */
  preflight?: boolean | 'full'
  /** Shows what is in rows that preflight names. */
  showValues?: boolean
  /** Backs up first where a step takes data away, or nobody knows what it does: to this file, or with `true` to the usual one. */
  backup?: string | true
  /** A file that `godwit plan up --json` wrote: only what it says is run. */
  planned?: string
}

/** How to ask for a down; names may be any unique part of one. On a production database it needs consent. */
export type DownRequest = Pick<PlanRequest, 'to' | 'step' | 'only' | 'all' | 'block'> & Consent

/** What was settled by hand. */
export interface Settled {
  name: string
  as: Settlement
}

import type { LocalServer, LocalServerOptions } from './local-server/index.js'
import type { LocalMongo, LocalMongoOptions } from './local-server/mongo.js'

export type { BackupKind, Held, Manifest } from './backup/manifest.js'
export type { DescribedStep, LockHolder, Settlement } from './databases/contract.js'
export type { Cleared, SeedCounts, SeedEntry } from './databases/seeding.js'
export type { Blocker, RunEvent, SeedEvent, StepEvent } from './engine/events.js'
export type { LoggedOutcome, LoggedRun, LoggedStatement, LoggedStep } from './engine/log.js'
export type { Direction, MigrationStatus, OpenStep, State } from './engine/migration.js'
export type { RunReport, StepReport } from './engine/run.js'
export { type ErrorCode, type ErrorDetails, GodwitError, isGodwitError, type ServerReport } from './errors.js'
export type { ComparedModels, FormatId, ModelFile, NewMigration, Rename } from './formats/contract.js'
export type { Finding, Level, Severity } from './lint/finding.js'
export type { LintSection } from './lint/section.js'
export type { LocalServer, LocalServerOptions, LocalServerPlace } from './local-server/index.js'
export type { LocalMongo, LocalMongoOptions } from './local-server/mongo.js'
export type { BackupReport, BackupRequest } from './project/backup.js'
export type { BaselineOptions, BaselineReport } from './project/baseline.js'
export type { Beginnings } from './project/beginnings.js'
export type { ChangedCollection, IdempotenceReport } from './project/check-idempotent.js'
export { defineConfig, type GodwitConfig, type ProjectConfig } from './project/config.js'
export type { GenerateOptions, GenerateReport } from './project/generate.js'
export type { LintReport, LintRequest } from './project/lint.js'
export type { FileFix } from './project/lint-fix.js'
export type { LogRequest } from './project/log.js'
export type { ModelsReport, PullOptions, ValidateReport } from './project/models.js'
export { openProject } from './project/open.js'
export type { OpenProjectOptions } from './project/options.js'
export type { Consent, ConsentQuestion } from './project/production.js'
export type { Project } from './project/project.js'
export type { DownRequest, LogReport, PlanReport, Settled, StatusReport, UpRequest } from './project/reports.js'
export type { ResetRequest } from './project/reset.js'
export type { RestoreReport, RestoreRequest } from './project/restore.js'
export type { SeedRequest, SeedsReport } from './project/seed.js'
export type { ListedSeed } from './project/seed-list.js'
export type { RowsWanted } from './project/seed-rows.js'
export type { VerifyRequest } from './project/verify.js'
export type { VerifiedBackup, VerifyBackupRequest } from './project/verify-backup.js'
export {
  defineSeed,
  type FunctionSeed,
  type MadeRows,
  made,
  type RowMaker,
  type RowsSeed,
  type RowTools,
  ref,
  type SeedRows,
  type SeedTools,
} from './seeds/definition.js'
export { type HashFunctions, type HashOptions, hash } from './seeds/hash.js'
export type { SeedReport } from './seeds/run.js'
export type { DownIntent, Verdict, VerifiedMigration, VerifyReason, VerifyReport } from './verify/report.js'

/**
 * Starts the real PostgreSQL of a project, from npm binaries, as `godwit db` does.
 *
 * @throws GodwitError GODWIT_PEER_MISSING, GODWIT_DB_RUNNING, GODWIT_DB_PORT_TAKEN, GODWIT_DB_FAILED
 */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  return (await import('./local-server/index.js')).startLocalServer(options)
}

/**
 * Starts a MongoDB for a project where one can be had, as `godwit db` does.
 *
 * @throws GodwitError GODWIT_NO_MONGOD, GODWIT_DB_PORT_TAKEN, GODWIT_MONGOD_FAILED
 */
export async function startLocalMongo(options: LocalMongoOptions): Promise<LocalMongo> {
  return (await import('./local-server/mongo.js')).startLocalMongo(options)
}

import type { LockHolder, Settlement, Target } from '../databases/contract.js'
import type { PlanRequest } from '../engine/plan.js'
import { recordOnly } from '../engine/record-only.js'
import { type RunContext, type RunReport, run, survey } from '../engine/run.js'
import type { GenerateRequest, ModelFile, NewMigration } from '../formats/contract.js'
import type { PreflightOptions } from '../preflight/finding.js'
import type { VerifyReport } from '../verify/report.js'
import type { BackupReport, BackupRequest } from './backup.js'
import type { BaselineOptions, BaselineReport } from './baseline.js'
import type { Beginnings } from './beginnings.js'
import { checkIdempotent, type IdempotenceReport } from './check-idempotent.js'
import { writeNew } from './create.js'
import type { GenerateOptions, GenerateReport } from './generate.js'
import type { LintReport, LintRequest } from './lint.js'
import { withListing } from './listed.js'
import { type LogRequest, readJournal } from './log.js'
import {
  changed,
  type ModelsReport,
  modelsOf,
  type PullOptions,
  relativeFiles,
  type ValidateReport,
  writeModels,
  writePulled,
} from './models.js'
import { runPlanned } from './planned.js'
import { type Consent, isProduction, requireConsent } from './production.js'
import { refuseHalfRedo } from './redo.js'
import type { DownRequest, LogReport, PlanReport, Settled, StatusReport, UpRequest } from './reports.js'
import { requireApplied } from './require-applied.js'
import { forecastReset, type ResetRequest, resetTo } from './reset.js'
import type { RestoreReport, RestoreRequest } from './restore.js'
import type { SeedRequest, SeedsReport } from './seed.js'
import type { ListedSeed } from './seed-list.js'
import type { RowsWanted } from './seed-rows.js'
import { settle } from './settle.js'
import type { VerifyRequest } from './verify.js'
import type { VerifiedBackup, VerifyBackupRequest } from './verify-backup.js'
import { type ProjectParts, ProjectWork } from './work.js'

/**
 * One database with its migrations. Every method opens a connection, does its work and closes it again.
 *
 * @example
 * const project = await openProject()
 * const { steps } = await project.up()
 */
export class Project {
  readonly #parts: ProjectParts
  readonly #work: ProjectWork

  constructor(parts: ProjectParts) {
    this.#parts = parts
    this.#work = new ProjectWork(parts)
  }

  get name(): string {
    return this.#parts.description.name
  }

  get format(): string {
    return this.#parts.format.id
  }

  /** Absolute folder of the project; file names in reports are under it. */
  get folder(): string {
    return this.#parts.description.folder
  }

  /** Where the database is, for people; throws GODWIT_NO_DATABASE when no place names one. */
  async address(): Promise<string> {
    return (await this.#parts.database()).address
  }

  /** Every migration with its state. Read-only. */
  async status(): Promise<StatusReport> {
    return this.#work.onTarget(async (target) => {
      const { states, look } = await survey(this.#parts.format, target)
      return {
        project: this.name,
        format: this.format,
        database: await this.address(),
        server: target.server.version,
        production: look.production,
        migrations: states,
      }
    })
  }

  /**
   * For a service that must not start on a schema it does not know: every migration that is there was applied. Read-only.
   *
   * @throws GodwitError GODWIT_BEHIND with what is pending or stopped halfway
   */
  async requireApplied(): Promise<StatusReport> {
    const report = await this.status()
    requireApplied(report.migrations)
    return report
  }

  /**
   * What Godwit did here, from its journal: the newest runs, with their steps and statements. Read-only.
   *
   * @throws GodwitError GODWIT_PERMISSION when the role may not read the journal, GODWIT_UNKNOWN_MIGRATION
   */
  async log(request: LogRequest = {}): Promise<LogReport> {
    return this.#work.onTarget(async (target) => {
      const read = await readJournal(this.#parts.format, target, this.#parts.schema, request)
      return { project: this.name, format: this.format, database: await this.address(), ...read }
    }, request.name !== undefined)
  }

  /** What `up` or `down` with the same request would run. Writes nothing. */
  async plan(direction: 'up' | 'down', request: UpRequest & DownRequest = {}): Promise<PlanReport> {
    const { planRun } = await import('./plan.js')
    return this.#work.onTarget((target) =>
      planRun(this.#work, target, { direction, ...this.#orderRule(), ...planPart(request) }, preflightOptions(request)),
    )
  }

  /**
   * Applies pending migrations.
   *
   * @returns also the backup that was asked for; `null`: none was needed
   * @throws GodwitError when nothing was run; a migration that failed is in the report's `error`
   */
  async up(request: UpRequest = {}): Promise<RunReport & { backup?: BackupReport | null }> {
    return this.#work.onTarget(async (target) => {
      const context = this.#work.context(target, 'up')
      let backup: BackupReport | null = null
      // A run with nothing to do needs none of it.
      context.lookAhead = async (steps) => {
        if (request.preflight !== false) {
          const { lookAhead } = await import('./look-ahead.js')
          await lookAhead(context, steps, preflightOptions(request))
        }
        if (request.backup === undefined) return
        const { backUpAhead } = await import('./backup-ahead.js')
        backup = await backUpAhead(this.#work, target, steps, request.backup)
      }
      const report = await this.#upOn(target, context, request)
      return request.backup === undefined ? report : { ...report, backup }
    })
  }

  /**
   * Undoes applied migrations, the last one unless the request says more.
   *
   * @throws GodwitError when nothing was run; a step that failed is in the report's `error`
   */
  async down(request: DownRequest = {}): Promise<RunReport> {
    return this.#work.onTarget((target) => this.#downOn(target, request, 'down'))
  }

  /** Undoes the last applied migration and applies it again; refused before it undoes when that could not be. */
  async redo(consent: Consent = {}): Promise<{ down: RunReport; up?: RunReport }> {
    return this.#work.onTarget(async (target) => {
      const down = await this.#downOn(target, consent, 'redo')
      const [undone] = down.steps
      if (down.error !== undefined || undone === undefined) return { down }
      return {
        down,
        up: await run(this.#work.context(target, 'redo'), {
          direction: 'up',
          only: undone.name,
          allowOutOfOrder: true,
        }),
      }
    })
  }

  /**
   * Undoes or drops everything, applies all migrations again, and runs the seeds that the config names; its steps are the
   * downs and the ups. Needs consent (rule 34).
   */
  async reset(request: ResetRequest = {}): Promise<RunReport & { dropped: string[]; seeds?: SeedsReport }> {
    const { seed = true, ...rest } = request
    const seeding = await import('./seeding.js')
    const seeds = seed ? await seeding.resetSeeds(this.#work) : undefined
    const report = await this.#work.onTarget((target) =>
      resetTo(this.#work.context(target, 'reset'), rest, this.#parts.options.env),
    )
    if (seeds === undefined || report.error !== undefined) return report
    const { error, ...seeded } = await seeding.seedWith(this.#work, seeds, {})
    return { ...report, seeds: seeded, ...(error === undefined ? {} : { error }) }
  }

  /** What {@link Project.reset} would take, one line each. Writes nothing. */
  async wouldReset(drop = false): Promise<string[]> {
    return this.#work.onTarget(async (target) => (await forecastReset(this.#work.context(target, 'reset'), drop)).goes)
  }

  /**
   * Runs the project's seeds: those for this environment, in order, each in one transaction where the database has them.
   *
   * @throws GodwitError when nothing was run; a seed that failed is in the report's `error`
   */
  async seed(request: SeedRequest = {}): Promise<SeedsReport> {
    return (await import('./seeding.js')).seedProject(this.#work, request)
  }

  /**
   * Adds rows made by the types of columns and by foreign keys, for load tests.
   *
   * @param request `dryRun`: says what would be filled, and does nothing
   * @throws GodwitError GODWIT_SEED_MADE, GODWIT_SEED_ENVIRONMENT on production
   */
  async seedRows(wanted: readonly RowsWanted[], request: Pick<SeedRequest, 'dryRun'> = {}): Promise<SeedsReport> {
    return (await import('./seeding.js')).fillProject(this.#work, wanted, request)
  }

  /** Every seed, and what it did last. Read-only. */
  async seeds(): Promise<ListedSeed[]> {
    return (await import('./seeding.js')).listProject(this.#work)
  }

  /**
   * Writes an empty migration in the project's format. Needs no database.
   *
   * @returns also whether the project finds it there, so that it can be applied; `true` where nothing was written
   */
  async create(
    name: string,
    options: { template?: string; dryRun?: boolean } = {},
  ): Promise<NewMigration & { listed: boolean }> {
    const { dryRun, ...rest } = options
    const migration = await this.#parts.format.create(name, { now: new Date(), ...rest })
    if (dryRun) return { ...migration, listed: true }
    await writeNew(migration)
    return withListing(this.#parts.format, migration, this.folder)
  }

  /**
   * Writes a migration from what the models say and the history lacks. Needs no database: the history is replayed on a
   * shadow.
   *
   * @throws GodwitError GODWIT_NO_MODELS, GODWIT_RENAME_OR_NOT, GODWIT_SHADOW_…
   */
  async generate(name: string, asked: GenerateOptions = {}): Promise<GenerateReport> {
    const { format, options } = this.#parts
    await this.#work.knowTarget()
    const { onEvent = () => {}, signal } = options
    try {
      const { shadow } = this.#work
      const live: GenerateRequest['live'] = (work) => this.#work.onSession(work)
      const context = { format, options: this.#work.openOptions(), shadow, live, onEvent, signal }
      return await (await import('./generate.js')).generate(context, name, asked)
    } finally {
      await format.close?.()
    }
  }

  /**
   * Lets what is about to be applied unread take data away only with consent; where there are no rows, nobody is asked.
   *
   * @param action for people, as it is typed: `dev AddNames`
   * @throws GodwitError GODWIT_CONFIRM_NEEDED, GODWIT_CONFIRM_PRODUCTION, GODWIT_DECLINED
   */
  async agreeToLosses(action: string, goes: readonly string[], consent: Consent): Promise<void> {
    if (goes.length === 0) return
    await this.#work.onTarget(async (target) => {
      if (!(await target.hasRows?.())) return
      const production = isProduction(await target.look(), this.#parts.options.env)
      await requireConsent({ action, database: target.server.database, goes: [...goes] }, production, consent)
    }, false)
  }

  /**
   * Checks the models. Needs no database.
   *
   * @throws GodwitError what is wrong with them, such as GODWIT_PRISMA_SCHEMA; GODWIT_NO_MODEL_FILES
   */
  async validate(): Promise<ValidateReport> {
    const { files, warnings } = await modelsOf(this.#parts.format).check()
    return { files: relativeFiles(files, this.folder), warnings }
  }

  /**
   * Writes the models' files in their usual layout. Needs no database.
   *
   * @returns the files that changed
   * @throws GodwitError GODWIT_NO_MODEL_FILES
   */
  async layOutModels(options: { dryRun?: boolean | undefined } = {}): Promise<ModelFile[]> {
    const files = changed(await modelsOf(this.#parts.format).layOut())
    if (!options.dryRun) await writeModels(files)
    return files
  }

  /**
   * Writes the models from what the database holds. The database is only read.
   *
   * @throws GodwitError GODWIT_PULL_LOSES where the files say what no database knows; GODWIT_NO_MODEL_FILES
   */
  async pull(options: PullOptions = {}): Promise<ModelsReport> {
    const models = modelsOf(this.#parts.format)
    return writePulled(await this.#work.onSession((client) => models.pull(client)), options)
  }

  /** Runs the project's own program that makes code from the models; `null`: it has none. */
  async makeCode(): Promise<string | null> {
    const command = await this.#parts.format.models?.generator?.()
    return command === undefined ? null : (await import('./make-code.js')).makeCode(command, this.folder)
  }

  /**
   * Writes what a database without a history holds as the first migration, and records it as applied. Only where the project
   * has no migrations; what cannot be written as statements is refused by name.
   *
   * @throws GodwitError GODWIT_BASELINE_…, GODWIT_SHADOW_MAJOR
   */
  async baseline(name: string, asked: BaselineOptions = {}): Promise<BaselineReport> {
    return this.#work.onTarget(async (target) => {
      const { shadow } = this.#parts.description.config
      const context = { run: this.#work.context(target, 'init'), options: this.#work.openOptions(), shadow }
      return (await import('./baseline.js')).baseline(context, name, asked)
    }, false)
  }

  /** What the first migration is called where nobody names it. */
  get firstName(): string {
    return this.#parts.format.firstName ?? 'Initial'
  }

  /** What a first migration could be made from: nothing where there are migrations. Read-only. */
  async beginnings({ askDatabase = false } = {}): Promise<Beginnings> {
    const { format, description } = this.#parts
    const { beginnings } = await import('./beginnings.js')
    return beginnings(format, description, askDatabase ? (work) => this.#work.onTarget(work, false) : undefined)
  }

  /**
   * Settles one migration by hand: a failed one, an edited one, or one that was applied or undone elsewhere.
   *
   * @throws GodwitError GODWIT_NOTHING_TO_RESOLVE when its state is that already
   */
  async resolve(name: string, as: Settlement): Promise<Settled> {
    return this.#work.onTarget((target) => settle(this.#work.context(target, 'resolve'), name, as))
  }

  /**
   * MongoDB: applies everything up to a migration on a scratch database, runs its `up` once more, and compares the collections.
   *
   * @param options `shadow`: the server for the scratch database; default the config's
   * @throws GodwitError GODWIT_SHADOW_NEEDED, GODWIT_CHECK_FORMAT, and what applying throws
   */
  async checkIdempotent(name: string, options: { shadow?: string | undefined } = {}): Promise<IdempotenceReport> {
    const { format, description } = this.#parts
    try {
      const shadow = options.shadow ?? description.config.shadow
      return await checkIdempotent(this.#work.runner('check-idempotent'), name, shadow, this.#work.openOptions())
    } finally {
      await format.close?.()
    }
  }

  /**
   * Runs migrations up, down and up again on a throwaway database with sample rows, and says of each whether it comes back. The project's database is
   * only asked for what is pending.
   *
   * @throws GodwitError GODWIT_SHADOW_…, GODWIT_UNKNOWN_MIGRATION; one that cannot be applied is in the report's `error`
   */
  async verify(request: VerifyRequest = {}): Promise<VerifyReport> {
    return (await import('./verify.js')).verifyProject(this.#work, request)
  }

  /**
   * Looks for what migrations had better not do, and says what to write instead. Needs no database; with `live` it asks one what
   * is applied and how large the tables are. Writes nothing unless `fix` is asked for, and then never an applied migration.
   *
   * @throws GodwitError GODWIT_UNKNOWN_MIGRATION, GODWIT_LINT_FIX_UNKNOWN
   */
  async lint(request: LintRequest = {}): Promise<LintReport> {
    return (await import('./lint.js')).lintProject(this.#work, request)
  }

  /**
   * Dumps the database by its server's own tool, and writes beside the dump what it is. The database is only read.
   *
   * @throws GodwitError GODWIT_BACKUP_…
   */
  async backup(request: BackupRequest = {}): Promise<BackupReport> {
    return (await import('./backup.js')).backupProject(this.#work, request)
  }

  /**
   * Where a backup would go and what would make it. Writes nothing.
   *
   * @throws GodwitError GODWIT_BACKUP_TOOL
   */
  async wouldBackUp(request: BackupRequest = {}): Promise<Pick<BackupReport, 'file' | 'tool'>> {
    return (await import('./backup.js')).wouldBackUp(this.#work, request)
  }

  /**
   * Restores a dump into the database, which must be empty unless `clean` lets go what is there; then it needs consent.
   *
   * @throws GodwitError GODWIT_RESTORE_…, GODWIT_BACKUP_…, GODWIT_CONFIRM_…
   */
  async restore(file: string, request: RestoreRequest = {}): Promise<RestoreReport> {
    return (await import('./restore.js')).restoreProject(this.#work, file, request)
  }

  /**
   * Restores a backup into a scratch database and compares. The project's database is not connected to.
   *
   * @throws GodwitError GODWIT_BACKUP_DIFFERS, GODWIT_BACKUP_SCRATCH, GODWIT_BACKUP_DAMAGED
   */
  async verifyBackup(file: string, request: VerifyBackupRequest = {}): Promise<VerifiedBackup> {
    return (await import('./verify-backup.js')).verifyBackup(this.#work, file, request)
  }

  /** Who holds the runner's lock; `null`: nobody. Read-only. */
  async lockHolder(): Promise<LockHolder | null> {
    return this.#work.onTarget((target) => target.lockHolder(), false)
  }

  /**
   * Takes the runner's lock from a holder that is not heard of any more, or from the one that `force` names (`user@host`):
   * its session is ended, and what it has under way is rolled back.
   *
   * @throws GodwitError GODWIT_LOCK_IN_USE, GODWIT_LOCK_OWNER
   */
  async unlock(force?: string): Promise<{ holder: LockHolder | null; released: boolean }> {
    return this.#work.onTarget((target) => target.unlock(force), false)
  }

  /** Marks the database as production, in the database; taking the mark away wants the database's name. */
  async protect(on: boolean, consent: Consent = {}): Promise<{ database: string; production: boolean }> {
    return this.#work.onTarget(async (target) => {
      const { database } = target.server
      const marked = (await target.look()).production
      if (!on && marked)
        await requireConsent({ action: 'protect --off', database, goes: ['the mark as production'] }, true, consent)
      await target.protect(on)
      return { database, production: on }
    }, false)
  }

  async #upOn(target: Target, context: RunContext, request: UpRequest): Promise<RunReport> {
    const wanted: PlanRequest = { direction: 'up', ...this.#orderRule(), ...planPart(request) }
    if (request.fake) return recordOnly(context, wanted)
    if (request.planned !== undefined) return runPlanned(context, wanted, request.planned)
    return run(context, wanted, async ({ look }) => {
      if (!look.production || request.backup !== undefined) return
      const { warnWithoutBackup } = await import('./backup-ahead.js')
      await warnWithoutBackup(this.#work, target.server.database)
    })
  }

  async #downOn(target: Target, request: DownRequest, command: 'down' | 'redo'): Promise<RunReport> {
    const context = this.#work.context(target, command)
    const wanted: PlanRequest = { direction: 'down', ...planPart(request) }
    return run(context, wanted, async (current, plan) => {
      if (command === 'redo') await refuseHalfRedo(context, current, plan)
      if (!isProduction(current.look, this.#parts.options.env)) return
      const goes = plan.steps.map((step) => `what ${step.name} made`)
      await requireConsent({ action: command, database: target.server.database, goes }, true, request)
    })
  }

  /** What the format's own config says of the order; a request says more. */
  #orderRule(): Pick<PlanRequest, 'allowOutOfOrder'> {
    return this.#parts.format.allowOutOfOrder ? { allowOutOfOrder: true } : {}
  }
}

function planPart(request: UpRequest & DownRequest): Omit<PlanRequest, 'direction'> {
  const {
    fake: _,
    planned: _____,
    preflight: ______,
    showValues: _______,
    backup: ________,
    yes: __,
    confirm: ___,
    ask: ____,
    ...part
  } = request
  return part
}

function preflightOptions({ preflight, showValues }: UpRequest): PreflightOptions {
  return { full: preflight === 'full', values: showValues === true }
}

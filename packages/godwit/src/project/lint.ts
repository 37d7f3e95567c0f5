import { resolve } from 'node:path'
import { readFacts } from '../databases/postgres/facts/read-facts.js'
import { findName } from '../engine/find-name.js'
import { isWaiting, type MigrationFile } from '../engine/migration.js'
import { byOrder } from '../engine/order.js'
import { survey } from '../engine/run.js'
import { GodwitError, isGodwitError } from '../errors.js'
import type { SchemaFacts } from '../impact/facts.js'
import { Schema } from '../impact/schema.js'
import { assumedSchema } from '../lint/assumed-schema.js'
import type { Finding } from '../lint/finding.js'
import type { LintedMigration } from '../lint/migration.js'
import { type LintOptions, OLDEST_MAJOR } from '../lint/options.js'
import { readSection } from '../lint/read-section.js'
import { readMigration } from '../lint/reading/read-migration.js'
import { type LintedResult, lintMigrations } from '../lint/run.js'
import { filesSince } from './changed-since.js'
import { knownMajor } from './known-major.js'
import { type FileFix, Fixer, markFixable } from './lint-fix.js'
import { type Recorded, recordHidden } from './lint-recorded.js'
import { type ProjectWork, withClient } from './work.js'

/** How to ask for a lint. */
export interface LintRequest {
  /** Names of migrations, any unique part of one, or their files; absent: all of them, those not applied where a database is asked. */
  only?: readonly string[]
  /** Only those that a git revision does not have as they are, such as `origin/main`. */
  since?: string | undefined
  /** Asks the database what is applied and how large the tables are. */
  live?: boolean | undefined
  /** Writes what can be mended into the files; asks the database, for nothing applied is edited. */
  fix?: boolean | undefined
  /** With `fix`: says what would be written, and writes nothing. */
  dryRun?: boolean | undefined
  /** With `fix`, where no database is known: the named migrations are applied nowhere. */
  assumePending?: boolean | undefined
  /** `false`: what the text of a function does not tell is not found out by running it on a throwaway database. */
  shadow?: boolean | undefined
}

/** What lint found. */
export interface LintReport {
  project: string
  format: string
  /** A database was asked. */
  live: boolean
  /** The major version of PostgreSQL that was assumed or found; `null`: the database is another. */
  postgres: number | null
  /** Names of the migrations that were looked at. */
  migrations: string[]
  /** Those that were asked for and are applied already. */
  applied: string[]
  findings: Finding[]
  /** How many findings comments suppressed. */
  suppressed: number
  /** What only running a migration tells. */
  notListed: { migration: string; file: string; line: number; what: string }[]
  /** Why what is not listed could not be found out. */
  notes: string[]
  /** With `fix`: what was, or would be, written. */
  fixes: FileFix[]
}

interface Selected {
  /** In order; all that the schema depends on. */
  files: MigrationFile[]
  wanted: ReadonlySet<string>
  applied: string[]
}

/** Where the schema comes from: a database, or nowhere. */
interface Known {
  facts: SchemaFacts | undefined
  waiting: ReadonlySet<string> | undefined
}

/**
 * Lints migrations.
 *
 * @throws GodwitError GODWIT_UNKNOWN_MIGRATION, GODWIT_LINT_FIX_UNKNOWN, GODWIT_SINCE, and what reading a file throws
 */
export async function lintProject(work: ProjectWork, request: LintRequest): Promise<LintReport> {
  const { format } = work.parts
  try {
    const known = await ask(work, request)
    const files = (await format.list()).sort(byOrder)
    const changed =
      request.since === undefined ? files : await filesSince(files, request.since, work.parts.description.folder)
    const selected = select(files, changed, request, known, work.parts.options.cwd ?? process.cwd())
    const options = optionsOf(work, known)
    const read = await readAll(work, selected)
    const recorded = request.shadow === false ? nothing() : await recordHidden(work, files, upToLast(read, selected))
    const lint = (migrations: readonly LintedMigration[]) => {
      const complete = migrations.map((each) => recorded.migrations.get(each.name) ?? each)
      const chosen = new Set(complete.filter(({ name }) => selected.wanted.has(name)))
      const schema = known.facts === undefined ? assumedSchema(complete, options) : new Schema(known.facts)
      return lintMigrations(complete, chosen, schema, options)
    }
    const found = lint(read)
    const again = async () => {
      // The listing may keep what it has read of the files.
      await format.list()
      return lint(await readAll(work, selected))
    }
    const { results, fixes } = request.fix
      ? await mend(found, again, request.dryRun === true)
      : { results: found, fixes: [] }
    return { ...reportOf(work, known, selected, options, await markFixable(results), fixes), notes: recorded.notes }
  } finally {
    await format.close?.()
  }
}

/** A statement may need more than one fix, one after the other. */
const PASSES = 5

async function mend(
  found: LintedResult[],
  lint: () => Promise<LintedResult[]>,
  dryRun: boolean,
): Promise<{ results: LintedResult[]; fixes: FileFix[] }> {
  const fixer = new Fixer(dryRun)
  let results = found
  for (let pass = 0; pass < PASSES; pass++) {
    const gone = await fixer.mend(results)
    if (gone.size === 0 || dryRun) break
    const rest = results.map((result) => ({ ...result, findings: result.findings.filter((each) => !gone.has(each)) }))
    const again = new Map((await lint()).map((result) => [result.migration.name, result]))
    // A module that was loaded once is not read again.
    results = rest.map((result) => {
      const fresh = result.migration.file.endsWith('.sql') ? again.get(result.migration.name) : undefined
      return fresh ?? { ...result, findings: result.findings.map(({ fix: _, ...finding }) => finding) }
    })
  }
  return { results, fixes: fixer.fixes }
}

async function ask(work: ProjectWork, { live, fix, assumePending, only = [] }: LintRequest): Promise<Known> {
  if (!live && !fix) return { facts: undefined, waiting: undefined }
  try {
    return await work.onTarget(async (target) => {
      const { states } = await survey(work.parts.format, target)
      const waiting = new Set(
        states.flatMap(({ name, state }) => (isWaiting(state) || state === 'failed' ? [name] : [])),
      )
      const isTable = work.parts.format.history.kind === 'table'
      return { waiting, facts: isTable ? await withClient(target, readFacts) : undefined }
    })
  } catch (error) {
    if (live || !isGodwitError(error) || error.code !== 'GODWIT_NO_DATABASE') throw error
    if (assumePending && only.length > 0) return { facts: undefined, waiting: undefined }
    throw new GodwitError('GODWIT_LINT_FIX_UNKNOWN', {}, { cause: error })
  }
}

function select(
  files: MigrationFile[],
  changed: readonly MigrationFile[],
  { only = [] }: LintRequest,
  { waiting }: Known,
  cwd: string,
): Selected {
  const named = only.map((given) => nameOf(files, given, cwd))
  const applied = waiting === undefined ? [] : named.filter((name) => !waiting.has(name))
  const chosen = named.length > 0 ? named.filter((name) => !applied.includes(name)) : changed.map(({ name }) => name)
  return {
    files: waiting === undefined ? files : files.filter(({ name }) => waiting.has(name)),
    wanted: new Set(chosen),
    applied,
  }
}

function nameOf(files: readonly MigrationFile[], given: string, cwd: string): string {
  const path = resolve(cwd, given)
  const exact = files.filter(({ file }) => file === path || file.startsWith(`${path}/`))
  const [only] = exact
  if (exact.length === 1 && only !== undefined) return only.name
  return findName(
    files.map(({ name }) => name),
    given,
  )
}

function optionsOf(work: ProjectWork, { facts }: Known): LintOptions {
  const { description, timeouts } = work.parts
  const { lint } = description.config
  return {
    ...readSection(lint),
    major: facts?.major ?? lint?.postgres ?? knownMajor(work.name) ?? OLDEST_MAJOR,
    live: facts !== undefined,
    lockTimeoutMs: timeouts.session.lockTimeoutMs ?? 0,
    statementTimeoutMs: timeouts.session.statementTimeoutMs ?? 0,
  }
}

async function readAll(work: ProjectWork, { files, wanted }: Selected): Promise<LintedMigration[]> {
  const { format, description } = work.parts
  const context = {
    format,
    projectDir: description.folder,
    withoutTransaction: description.config.typeorm?.transaction === 'none',
  }
  const migrations: LintedMigration[] = []
  for (const file of files) {
    const asked = wanted.has(file.name)
    // One that only tells what is there may be broken.
    const read = await readMigration(file, context).catch((error: unknown) => {
      if (asked) throw error
      return undefined
    })
    if (read !== undefined) migrations.push(read)
  }
  return migrations
}

// Those behind the last one that was asked for say nothing of it.
function upToLast(read: readonly LintedMigration[], { wanted }: Selected): LintedMigration[] {
  return read.slice(0, read.findLastIndex(({ name }) => wanted.has(name)) + 1)
}

function nothing(): Recorded {
  return { migrations: new Map(), notes: [] }
}

function reportOf(
  work: ProjectWork,
  known: Known,
  selected: Selected,
  options: LintOptions,
  results: readonly LintedResult[],
  fixes: FileFix[],
): Omit<LintReport, 'notes'> {
  const { format } = work.parts
  return {
    project: work.name,
    format: format.id,
    live: known.waiting !== undefined,
    postgres: format.history.kind === 'table' ? options.major : null,
    migrations: results.map(({ migration }) => migration.name),
    applied: selected.applied,
    findings: results.flatMap(({ findings }) => findings.map(({ statement: _, fix: __, ...finding }) => finding)),
    suppressed: results.reduce((sum, each) => sum + each.suppressed, 0),
    notListed: results.flatMap(({ migration: { name, file, notListed } }) =>
      notListed.map((each) => ({ migration: name, file, ...each })),
    ),
    fixes,
  }
}

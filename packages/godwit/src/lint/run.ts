import { evolve } from '../impact/evolve.js'
import type { Schema } from '../impact/schema.js'
import type { Tree } from '../sql/parser.js'
import { controlOf } from '../sql/transaction.js'
import { settle } from './assumed-schema.js'
import { concernOf } from './concern-of.js'
import type { Finding, Level } from './finding.js'
import { type Ignore, ignoresAbove, readIgnores } from './ignore.js'
import { levelOf } from './levels.js'
import type { LintedMigration, LintedStatement } from './migration.js'
import type { LintOptions } from './options.js'
import type { At, Concerns, Fix, Found, Rule } from './rule.js'
import { ruleOf, rules } from './table.js'

/** A finding with what mends it. */
export interface FoundIn extends Finding {
  statement?: LintedStatement
  fix?: Fix
}

/** What linting one migration gave. */
export interface LintedResult {
  migration: LintedMigration
  findings: FoundIn[]
  /** How many findings comments suppressed. */
  suppressed: number
}

/**
 * Applies the rules to migrations, in order. Pure, but that the schema is changed as the statements change it.
 *
 * @param wanted the migrations to report about; the others only change the schema
 */
export function lintMigrations(
  migrations: readonly LintedMigration[],
  wanted: ReadonlySet<LintedMigration>,
  schema: Schema,
  options: LintOptions,
): LintedResult[] {
  const results: LintedResult[] = []
  for (const migration of migrations) {
    if (!options.live) settle(schema)
    const raw = new MigrationWalk(migration, schema, options).findings(wanted.has(migration))
    if (wanted.has(migration)) results.push(settleIgnores(migration, raw, options))
  }
  return results
}

/** Goes through the statements of one migration. */
class MigrationWalk {
  readonly #migration: LintedMigration
  readonly #schema: Schema
  readonly #options: LintOptions
  readonly #before: Tree[] = []
  #transactionFrom = 0
  #open: boolean

  constructor(migration: LintedMigration, schema: Schema, options: LintOptions) {
    this.#migration = migration
    this.#schema = schema
    this.#options = options
    this.#open = migration.transaction === 'one'
  }

  findings(looks: boolean): FoundIn[] {
    const found: FoundIn[] = []
    const active = rules.flatMap((rule) => {
      const level = levelOf(rule, this.#options)
      return level === 'off' || !looks ? [] : [{ rule, level }]
    })
    const concerns: Concerns = {}
    for (const statement of this.#migration.statements) {
      const { tree } = statement
      if (tree === undefined) continue
      const at = this.#at(tree, statement)
      for (const { rule, level } of active)
        for (const each of rule.statement?.(at) ?? []) found.push(this.#finding(rule, level, each, statement))
      Object.assign(concerns, { ...concernOf(at), ...concerns })
      this.#step(tree)
    }
    const end = {
      migration: this.#migration,
      schema: this.#schema,
      options: this.#options,
      inTransaction: this.#open,
      concerns,
    }
    for (const { rule, level } of active)
      for (const each of rule.migration?.(end) ?? []) found.push(this.#finding(rule, level, each))
    return found
  }

  #at(tree: Tree, statement: LintedStatement): At {
    return {
      tree,
      statement,
      schema: this.#schema,
      options: this.#options,
      migration: this.#migration,
      inTransaction: this.#open,
      before: this.#before,
      sameTransaction: this.#open ? this.#before.slice(this.#transactionFrom) : [],
    }
  }

  #step(tree: Tree): void {
    evolve(this.#schema, tree)
    this.#before.push(tree)
    const control = controlOf(tree)
    if (control === undefined || this.#migration.transaction === 'one') return
    if (control.control === 'begin') {
      if (!this.#open) this.#transactionFrom = this.#before.length
      this.#open = true
    } else if (['commit', 'rollback', 'prepare'].includes(control.control)) {
      this.#open = control.chain
      this.#transactionFrom = this.#before.length
    }
  }

  #finding(rule: Rule, level: Exclude<Level, 'off'>, found: Found, statement?: LintedStatement): FoundIn {
    const offset = found.at === undefined ? 0 : characters(statement?.text ?? '', found.at)
    const place = found.place ?? statement?.locate(offset) ?? { line: 1, column: 1 }
    return {
      code: rule.code,
      severity: level,
      migration: this.#migration.name,
      file: this.#migration.file,
      ...place,
      message: found.message,
      why: rule.why,
      recipe: found.recipe,
      fixable: false,
      ...(statement === undefined ? {} : { statement }),
      ...(found.fix === undefined ? {} : { fix: found.fix }),
    }
  }
}

/** The parser counts bytes. */
function characters(text: string, bytes: number): number {
  return Buffer.from(text).subarray(0, bytes).toString().length
}

function settleIgnores(migration: LintedMigration, found: readonly FoundIn[], options: LintOptions): LintedResult {
  const ignores = readIgnores(migration.lines)
  const holding = ignores.filter(({ reason, squawk }) => reason !== '' || squawk)
  const used = new Set<Ignore>()
  const kept = found.filter((finding) => {
    const lines = new Set([finding.line, finding.statement?.locate(0).line ?? finding.line])
    const near = [...lines].flatMap((line) => ignoresAbove(holding, migration.lines, line))
    const by = [...near, ...holding.filter(({ wholeFile }) => wholeFile)].find((each) => concerns(each, finding.code))
    if (by !== undefined) used.add(by)
    return by === undefined
  })
  const about = (code: string, ignore: Ignore, message: string, recipe: string[]): FoundIn[] => {
    const rule = ruleOf(code) as Rule
    const severity = levelOf(rule, options)
    if (severity === 'off') return []
    const { name, file } = migration
    const place = { migration: name, file, line: ignore.line, column: 1 }
    return [{ code, severity, ...place, message, why: rule.why, recipe, fixable: false }]
  }
  const unreasoned = ignores
    .filter((each) => !holding.includes(each))
    .flatMap((each) =>
      about('missing-ignore-reason', each, 'The comment gives no reason, and suppresses nothing.', [
        `-- godwit-lint-ignore${each.wholeFile ? '-file' : ''} ${(each.codes ?? ['<code>']).join(', ')}: <reason>`,
      ]),
    )
  const unused = holding
    .filter((each) => !used.has(each))
    .flatMap((each) => about('unused-ignore', each, 'The comment suppresses nothing.', ['-- without the comment']))
  const findings = [...kept, ...unreasoned, ...unused].sort((a, b) => a.line - b.line || a.column - b.column)
  return { migration, findings, suppressed: found.length - kept.length }
}

function concerns({ codes }: Ignore, code: string): boolean {
  const also = ruleOf(code)?.also ?? []
  return codes === undefined || codes.includes(code) || codes.some((each) => also.includes(each))
}

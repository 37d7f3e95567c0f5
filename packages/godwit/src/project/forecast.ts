import type { DescribedStatement, DescribedStep, Target } from '../databases/contract.js'
import { foresee, type Impact } from '../impact/foresee.js'
import { type LockMode, stronger } from '../impact/lock-modes.js'
import { locksOf } from '../impact/locks.js'
import { touchAll } from '../impact/row-changes.js'
import { Schema } from '../impact/schema.js'
import { workOf } from '../impact/work.js'
import type { Check } from '../preflight/check.js'
import { checksOf } from '../preflight/checks-of.js'
import type { Demands, Finding, PreflightOptions } from '../preflight/finding.js'
import { loadParser } from '../sql/classify.js'
import { parseWithin } from '../sql/parse-within.js'
import { qualified } from '../sql/quote.js'
import type { PlannedStatement } from './reports.js'

/** A step with what its statements take. */
export type ForeseenStep = Omit<DescribedStep, 'statements'> & { statements: PlannedStatement[] }

/** What a run will take, and what has to be asked to know whether it will work. */
export interface Forecast {
  steps: ForeseenStep[]
  asked: { check: Check; place: Pick<Finding, 'migration' | 'file' | 'line' | 'sql'> }[]
  demands: Demands
}

const unforeseen: Impact = { foreseen: false, locks: [], blocks: 'nothing', work: [], takes: null }

/** Foresees statement by statement what a run takes. Read-only. */
export async function forecast(target: Target, described: readonly DescribedStep[]): Promise<Forecast> {
  const locks = new Map<string, LockMode>()
  const made: Forecast = { steps: [], asked: [], demands: { locks, rewrites: 0 } }
  if (target.facts === undefined || described.length === 0) {
    made.steps = described.map((step) => ({
      ...step,
      statements: step.statements.map((each) => withImpact(each, unforeseen)),
    }))
    return made
  }
  const [facts] = await Promise.all([target.facts(namesIn(described)), loadParser()])
  const schema = new Schema(facts)
  for (const step of described) {
    // Each begins with the session's own.
    schema.resetSearchPath()
    const statements: PlannedStatement[] = []
    for (const statement of step.statements) {
      const { text, ...place } = statement
      const tree = parseWithin(text)
      if (tree !== undefined) {
        for (const check of checksOf(tree, schema))
          made.asked.push({ check, place: { migration: step.name, ...place } })
        for (const { relation, mode } of locksOf(tree, schema)) {
          const name = relation.now === undefined ? undefined : qualified(relation.now.schema, relation.now.name)
          if (name !== undefined) locks.set(name, stronger(locks.get(name) ?? mode, mode))
        }
        for (const { kind, relation } of workOf(tree, schema))
          if (kind === 'rewrites')
            made.demands.rewrites = Math.max(made.demands.rewrites, relation.bytes + relation.indexBytes)
      }
      statements.push(withImpact(statement, foresee(schema, tree)))
    }
    // What is not listed may have changed anything.
    if (step.known === 'function' || step.more > 0) touchAll(schema)
    made.steps.push({ ...step, statements })
  }
  return made
}

// Far more than the names of tables, which does no harm.
const names = /"((?:[^"]|"")+)"|[\p{L}_][\p{L}\p{N}_$]*/gu
const NAMES_ASKED = 20_000
const NAMED_WITHIN = 20_000

/** What may be a name in the statements, folded as the server does; `undefined`: too many. */
function namesIn(described: readonly DescribedStep[]): string[] | undefined {
  const found = new Set<string>()
  for (const { statements } of described)
    for (const { text } of statements) {
      for (const [word, quoted] of text.slice(0, NAMED_WITHIN).matchAll(names))
        found.add(quoted?.replaceAll('""', '"') ?? word.toLowerCase())
      if (found.size > NAMES_ASKED) return undefined
    }
  return [...found]
}

/** Asks the database what a forecast leaves open (rule 36). Read-only; nothing is left open behind it. */
export async function preflight(
  target: Target,
  { asked, demands }: Forecast,
  options: PreflightOptions,
): Promise<Finding[]> {
  if (target.inspect === undefined) return []
  const { answers, others } = await target.inspect(
    asked.map(({ check }) => check),
    demands,
    options,
  )
  const found = answers.flatMap((of, i) => of.map((each): Finding => ({ ...each, ...asked[i]?.place })))
  return [...withoutRepetition(found), ...others]
}

// That a table cannot be looked into is said once a statement.
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>()
  return findings.filter(({ migration, line, sql, message }) => {
    const key = JSON.stringify([migration, line, sql, message])
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function withImpact({ text: _, ...statement }: DescribedStatement, impact: Impact): PlannedStatement {
  return { ...statement, ...impact }
}

import type { Rule } from './rule.js'
import { columnRules } from './rules/columns.js'
import { constraintRules } from './rules/constraints.js'
import { dataRules } from './rules/data.js'
import { indexRules } from './rules/indexes.js'
import { migrationRules } from './rules/migrations.js'
import { nullRules } from './rules/nulls.js'
import { objectRules } from './rules/objects.js'
import { tableRules } from './rules/tables.js'
import { transactionRules } from './rules/transactions.js'
import { typeRules } from './rules/types.js'

/** Every rule. The page docs/lint.md and the tests of single rules are made from it. */
export const rules: readonly Rule[] = [
  ...indexRules,
  ...constraintRules,
  ...nullRules,
  ...columnRules,
  ...tableRules,
  ...typeRules,
  ...objectRules,
  ...transactionRules,
  ...dataRules,
  ...migrationRules,
]

/** The rule of a code, or the one that has the code of another linter. */
export function ruleOf(code: string): Rule | undefined {
  return rules.find((rule) => rule.code === code)
}

/** Every code that a config or a comment may name. */
export const knownCodes: readonly string[] = [...new Set(rules.flatMap(({ code, also = [] }) => [code, ...also]))]

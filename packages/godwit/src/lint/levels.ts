import type { Level } from './finding.js'
import type { LintOptions } from './options.js'
import type { Rule } from './rule.js'

/** How bad a rule is here: as the config sets it, else by itself. */
export function levelOf(rule: Rule, options: LintOptions): Level {
  const set = options.levels[rule.code]
  return set ?? (typeof rule.level === 'function' ? rule.level(options) : rule.level)
}

import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { Level } from './finding.js'
import { defaultOptions, type LintOptions } from './options.js'
import type { LintSection } from './section.js'
import { knownCodes, rules } from './table.js'

const levels: readonly Level[] = ['error', 'warning', 'note', 'off']

/**
 * What the config says of lint. A code of another linter sets the rules that stand for it.
 *
 * @throws GodwitError GODWIT_CONFIG_INVALID
 */
export function readSection(section: LintSection | undefined): Pick<LintOptions, 'levels' | 'smallTable'> {
  const set: Record<string, Level> = {}
  for (const [code, level] of Object.entries(section?.rules ?? {})) {
    if (!knownCodes.includes(code)) {
      const nearest = nearestTo(code, knownCodes)
      throw invalid(`lint.rules has no rule '${code}'${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`)
    }
    if (!levels.includes(level)) throw invalid(`lint.rules['${code}'] must be one of ${levels.join(', ')}`)
    const own = rules.filter((rule) => rule.code === code)
    const meant = own.length > 0 ? own : rules.filter(({ also }) => also?.includes(code))
    for (const rule of meant) set[rule.code] = level
  }
  const { rows, bytes } = section?.smallTable ?? {}
  for (const [name, value] of Object.entries({ rows, bytes, postgres: section?.postgres }))
    if (value !== undefined && !(Number.isFinite(value) && value >= 0))
      throw invalid(`lint: '${name}' must be a number`)
  const { smallTable } = defaultOptions
  return { levels: set, smallTable: { rows: rows ?? smallTable.rows, bytes: bytes ?? smallTable.bytes } }
}

function invalid(reason: string): GodwitError {
  return new GodwitError('GODWIT_CONFIG_INVALID', { file: 'the config', reason })
}

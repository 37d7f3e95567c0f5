import type { Fix, Found } from './rule.js'

/** A recipe of statements that `--fix` can write, each to be run in a transaction of its own. */
export function apart(statements: readonly (string | undefined)[], command?: number): Pick<Found, 'recipe' | 'fix'> {
  return fixed(statements, true, command)
}

/** A recipe of statements that `--fix` can write, and that may share a transaction. */
export function together(statements: readonly (string | undefined)[], command?: number): Pick<Found, 'recipe' | 'fix'> {
  return fixed(statements, false, command)
}

function fixed(
  statements: readonly (string | undefined)[],
  isApart: boolean,
  command: number | undefined,
): Pick<Found, 'recipe' | 'fix'> {
  const known = statements.filter((each) => each !== undefined)
  const recipe = known.map((each) => `${each};`)
  if (isApart && known.length > 1) recipe.unshift('-- each in a transaction of its own:')
  if (known.length < statements.length) return { recipe }
  const fix: Fix = { statements: known, apart: isApart, ...(command === undefined ? {} : { command }) }
  return { recipe, fix }
}

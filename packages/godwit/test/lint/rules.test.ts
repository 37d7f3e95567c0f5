import { describe, expect, test } from 'vitest'
import { rules } from '../../src/lint/table.js'
import { codesIn, lintSql } from './lint-sql.js'

const shown = rules.flatMap((rule) => (rule.examples === undefined ? [] : [{ ...rule, ...rule.examples }]))

describe.each(shown)('$code', ({ code, finds, passes, as, major }) => {
  const options = major === undefined ? {} : { major }

  test('finds what it is there for, and says what to write', async () => {
    const found = (await lintSql(finds, options, { as })).filter((each) => each.code === code)
    expect(found).not.toEqual([])
    for (const { message, recipe, why } of found) {
      expect(message).toMatch(/\.$/)
      expect(why).toMatch(/\.$/)
      if (code !== 'not-parsed') expect(recipe).not.toEqual([])
      expect(`${message} ${recipe.join(' ')}`).not.toMatch(/undefined|\bnull\b(?! )/)
    }
  })

  test('does not find the near miss', async () => {
    expect(await codesIn(passes, options, { as })).not.toContain(code)
  })
})

test('every rule has a code of its own, and an example but for those that no SQL shows', () => {
  expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length)
  expect(rules.filter(({ examples }) => examples === undefined).map(({ code }) => code)).toEqual([
    'no-down',
    'not-idempotent',
  ])
})

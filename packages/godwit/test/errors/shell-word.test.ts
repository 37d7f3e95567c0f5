import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellWord } from '../../src/error-table/shell-word.js'
import { GodwitError } from '../../src/errors.js'

test.each([
  ['20240101_add_users', '20240101_add_users'],
  ['AddUsers1700000000000', 'AddUsers1700000000000'],
  ['1_größe', '1_größe'],
  ['1 add users', "'1 add users'"],
  ["1_it's", "'1_it'\\''s'"],
  ['1_$HOME;`id`', "'1_$HOME;`id`'"],
  ['', "''"],
])('%s is written %s', (name, word) => {
  expect(shellWord(name)).toBe(word)
})

test('a shell reads every word as the name it stands for', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(name, (text) => {
      const read = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })
      expect(read).toBe(text)
    }),
    { numRuns: 60 },
  )
})

test('commands in hints can be copied, whatever the migration is called', () => {
  const names = ["2 it's"]
  const word = "'2 it'\\''s'"
  const name = names[0] as string
  for (const error of [
    new GodwitError('GODWIT_EDITED', { names }),
    new GodwitError('GODWIT_MISSING', { names }),
    new GodwitError('GODWIT_UNFINISHED', { names }),
    new GodwitError('GODWIT_IRREVERSIBLE', { name }),
    new GodwitError('GODWIT_NO_FILE', { name }),
    new GodwitError('GODWIT_RESOLVE_HOW', { name }),
  ])
    expect(error.hint).toContain(`godwit resolve ${word} --`)
  const question = { action: 'reset', database: 'my shop', goes: [] }
  expect(new GodwitError('GODWIT_CONFIRM_PRODUCTION', question).hint).toContain("--confirm 'my shop'")
})

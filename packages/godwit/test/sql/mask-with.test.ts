import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskWith } from '../../src/sql/mask-with.js'
import { createDatabase } from '../support/database.js'

test.each([
  [
    "create subscription s connection 'host=h password=my hunter2secret' publication p",
    'missing "=" after "hunter2secret" in connection info string',
    'missing "=" after "***" in connection info string',
  ],
  [
    "create subscription s connection 'postgres://me:se:cr@t@h/db?ssl=1' publication p",
    'invalid integer value "cr" for the port of "t@h"; host name "h"',
    'invalid integer value "***" for the port of "***@***"; host name "***"',
  ],
  [
    "create subscription s connection 'postgres://me:hun%74er%@h/db' publication p",
    'invalid percent-encoded token: "hun%74er%"',
    'invalid percent-encoded token: "***"',
  ],
  ["create role a password 'it''s me'", "the words it's me or: me it's", 'the words *** or: *** ***'],
  ["create role a password E'it\\'s'", "near it's", 'near ***'],
  ['alter role a password $x$swordfish$x$', 'about "xswordfishx"', 'about "x***x"'],
  ["alter role a password 'of'", 'end of offer', 'end *** offer'],
  ["alter role a password '.*'", 'a.*b', 'a.*b'],
  ["alter role a password 'x=y'", 'near x=y, password = what', 'near ***, password = what'],
  ["do $$ begin create role a password 'swordfish'; end $$", 'role swordfish', 'role ***'],
  ["select 1; create role a password 'swordfish'; select 2", 'role swordfish', 'role ***'],
  ["create table t (password text default 'shown')", "shown and password 'SECRET'", "shown and password '***'"],
])('hides what %s gave away', (statement, text, expected) => {
  expect(maskWith(statement)(text)).toBe(expected)
})

test('whatever a connection string holds, no word of the password is shown', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9%$!.*+?^(){}|-]{6,12}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const mask = maskWith(`create subscription s connection 'host=h password=${words.join(' ')}' publication p`)
      for (const each of words) expect(mask(`after "${each}", at ${each}`)).toBe('after "***", at ***')
    }),
  )
})

test('what a server says of a broken connection string holds none of it', async () => {
  const database = await createDatabase()
  const statement = `create subscription s connection 'host=h password=my hunter2secret' publication p`
  const error = await database.query(statement).catch((raw: Error) => raw)
  const { message } = error as Error
  expect(message).toContain('hunter2secret')
  expect(maskWith(statement)(message)).not.toMatch(/hunter2|secret/)
})

test('a secret of very many words hides all of the text', () => {
  const words = Array.from({ length: 3_000 }, (_, i) => `word${i}`).join(' ')
  expect(maskWith(`create role a password '${words}'`)('anything')).toBe('***')
})

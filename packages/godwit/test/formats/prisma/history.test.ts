import { expect, test } from 'vitest'
import { prismaHistory } from '../../../src/formats/prisma/history.js'

const step = { name: 'a', file: undefined, statements: 1, startedAt: 'now()' }
const lookedFor = /UPDATE .* SET rolled_back_at/

test.each([
  ['it is not known whether there is one', {}, true],
  ['there is one', { unfinished: true }, true],
  ['there is none', { unfinished: false }, false],
])('a row of a former attempt is settled, unless it is known that there is none: %s', (_, known, settled) => {
  expect(lookedFor.test(prismaHistory().recordUp('t', { ...step, ...known }))).toBe(settled)
})

test('a row that this process began is settled whatever is known of others', () => {
  const history = prismaHistory()
  history.recordStart?.('t', step)
  expect(history.recordUp('t', { ...step, unfinished: false })).toMatch(lookedFor)
})

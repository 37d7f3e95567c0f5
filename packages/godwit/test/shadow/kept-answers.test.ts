import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheIn } from '../../src/loading/cache-folder.js'
import { dropAnswers, KeptAnswers } from '../../src/shadow/kept-answers.js'

/** Asks of a state about subjects, and says of which the database was asked. */
function asking(value: unknown = 'x') {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-answers-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cacheIn(dir)
  const asked: string[][] = []
  const ask = async (state: string | undefined, subjects: string[], question = 'columns') => {
    const answers = new KeptAnswers(state)
    const found = await answers.about(question, new Set(subjects), async (missing) => {
      asked.push([...missing])
      return new Map([...missing].filter((each) => each !== 'none').map((each) => [each, [{ each, value }]]))
    })
    await answers.keep()
    return subjects.map((subject) => found.get(subject))
  }
  return { dir, ask, asked }
}

test('what is known of a state is not asked again, and only what is new is asked', async () => {
  const { ask, asked } = asking()
  const [a, b] = [[{ each: 'a', value: 'x' }], [{ each: 'b', value: 'x' }]]
  expect(await ask('state', ['a', 'none'])).toEqual([a, []])
  expect(await ask('state', ['a', 'none'])).toEqual([a, []])
  expect(await ask('state', ['b', 'a'])).toEqual([b, a])
  expect(await ask('state', ['none', 'b', 'a'])).toEqual([[], b, a])
  expect(asked).toEqual([['a', 'none'], ['b']])
  await ask('state', ['a'], 'indexes')
  await ask('other', ['a'])
  await dropAnswers('state')
  await ask('state', ['a'])
  expect(asked.slice(2)).toEqual([['a'], ['a'], ['a']])
})

test('of a state that is not kept nothing is known the next time', async () => {
  const { ask, asked, dir } = asking()
  await ask(undefined, ['a'])
  await ask(undefined, ['a'])
  expect(asked).toEqual([['a'], ['a']])
  expect(readdirSync(dir)).toEqual([])
})

test.each([
  ['a time', new Date(0)],
  ['bytes', Buffer.from('a')],
  ['no number', Number.NaN],
  ['something in a list', [[new Date(0)]]],
])('what a file would not give back as it was is asked again: %s', async (_, value) => {
  const { ask, asked } = asking(value)
  expect(await ask('state', ['a'])).toEqual([[{ each: 'a', value }]])
  expect(await ask('state', ['a'])).toEqual([[{ each: 'a', value }]])
  expect(asked).toEqual([['a'], ['a']])
})

test('a damaged file is no answer', async () => {
  const { ask, asked, dir } = asking()
  await ask('state', ['a'])
  const folder = join(dir, '.godwit/cache/shadow')
  expect(readdirSync(folder)).toEqual(['state.json'])
  for (const damaged of ['[["columns",[["a",', '{}', '7']) {
    writeFileSync(join(folder, 'state.json'), damaged)
    expect(await ask('state', ['a'])).toEqual([[{ each: 'a', value: 'x' }]])
  }
  expect(asked).toHaveLength(4)
})

import { expect, test } from 'vitest'
import { readBlocks } from './blocks.js'
import { compile } from './compile.js'

test.each([
  ['TypeScript', 'ts', true],
  ['JavaScript', 'js', false],
])('every block of %s is right to the compiler', async (_, language, strict) => {
  const blocks = (await readBlocks(language)).filter(({ fragment }) => !fragment)
  expect(blocks.length).toBeGreaterThan(2)
  expect(compile(blocks, strict)).toEqual([])
})

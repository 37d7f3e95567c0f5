import { expect, test } from 'vitest'
import { readBlocks } from './blocks.js'
import { compile } from './compile.js'

test('every block of TypeScript and JavaScript is right to the compiler', async () => {
  const blocks = [...(await readBlocks('ts')), ...(await readBlocks('js'))]
  expect(blocks.length).toBeGreaterThan(10)
  expect(compile(blocks)).toEqual([])
})

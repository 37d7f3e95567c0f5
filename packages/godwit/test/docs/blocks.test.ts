import { loadModule, parseSync } from 'libpg-query'
import { expect, test } from 'vitest'
import { loadSchemaTools } from '../../src/formats/prisma/engine/packages.js'
import { placeOf, readBlocks } from './blocks.js'
import { jsonProblems } from './documents.js'

const languages = ['ts', 'js', 'json', 'yaml', 'ini', 'sql', 'prisma', 'sh', 'text']
const blocks = await readBlocks()
const of = (language: string) =>
  blocks
    .filter((block) => block.language === language && !block.fragment)
    .map((block) => [placeOf(block), block] as const)

test('every block says a language that is checked, or that it is text', () => {
  expect(blocks.filter(({ language }) => !languages.includes(language)).map(placeOf)).toEqual([])
  expect(blocks.length).toBeGreaterThan(100)
})

test('JSON is what it says it is', () => {
  const problems = of('json').flatMap(([place, block]) => jsonProblems(block).map((problem) => `${place}: ${problem}`))
  expect(problems).toEqual([])
})

test('a .env gives a variable a line', () => {
  const lines = of('ini').flatMap(([place, { text }]) => text.split('\n').map((line) => `${place}: ${line}`))
  expect(lines.filter((line) => !/: ([A-Z][A-Z_]*=.*|#.*|)$/.test(line))).toEqual([])
})

test.each(of('sql'))("PostgreSQL's parser takes %s", async (_, { text, notes }) => {
  await loadModule()
  if (notes.some(({ kind }) => kind === 'refused')) expect(() => parseSync(text)).toThrow('syntax error')
  else parseSync(text)
})

test("Prisma's validator takes every schema", async () => {
  const { validate } = await loadSchemaTools(import.meta.dirname)
  for (const [place, { text }] of of('prisma'))
    validate(JSON.stringify({ prismaSchema: [[place, text]], noColor: true }))
})

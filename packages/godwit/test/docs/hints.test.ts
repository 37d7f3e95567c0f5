import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { InlineCode } from 'mdast'
import { visit } from 'unist-util-visit'
import { expect, test } from 'vitest'
import { readMarkdown, root } from '../../../../scripts/markdown.mjs'
import { errorTable } from '../../src/error-table.js'
import { type ErrorCode, GodwitError } from '../../src/errors.js'
import { samples } from '../errors/samples.js'
import { refusalOf } from './godwit-command.js'
import { readShell } from './shell.js'

/** A command behind a colon, until the sentence goes on. */
const TYPED = /(?<=: )(?:npx )?godwit [a-z].*?(?=[;,(]| or |\. |\.?$)/gm

const codes = Object.keys(errorTable) as ErrorCode[]

test.each(codes)('what the hint of %s has people type is a command', async (code) => {
  const { message, hint } = new GodwitError(code, samples[code] as never)
  const typed = `${message}\n${hint}`.match(TYPED) ?? []
  expect(await refusals(typed)).toEqual([])
  const pages = hint.match(/\bdocs\/[\w/-]+\.md/g) ?? []
  expect(pages.filter((page) => !existsSync(join(root, page)))).toEqual([])
})

test('what stands in a line of a page as a command of Godwit is one', async () => {
  const found: string[] = []
  for (const { tree } of await readMarkdown()) {
    visit(tree, 'inlineCode', ({ value }: InlineCode) => {
      if (/^(npx )?godwit [a-z]/.test(value)) found.push(value)
    })
  }
  expect(found.length).toBeGreaterThan(50)
  expect(await refusals(found)).toEqual([])
})

async function refusals(texts: string[]): Promise<string[]> {
  const problems: string[] = []
  for (const text of texts) {
    for (const { words } of readShell(text.replace(/^npx /, ''))) {
      if (words[0] !== 'godwit') continue
      // A verb alone names the command; what it wants may stand elsewhere.
      const refusal = await refusalOf(words.length === 2 ? [words[1] as string, '--help'] : words.slice(1))
      if (refusal !== undefined) problems.push(`${text}: ${refusal}`)
    }
  }
  return [...new Set(problems)]
}

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Code, Heading } from 'mdast'
import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { readMarkdown } from '../../../../scripts/markdown.mjs'
import { start } from '../cli/run-cli.js'
import { createDatabase } from '../support/database.js'
import { createMongoDatabase, describeMongo } from '../support/mongodb.js'
import { readersFolder } from './reader.js'
import { readShell } from './shell.js'

const walked = [...(await readSections('docs/getting-started.md'))].filter(([, blocks]) => blocks.length > 0)

test.each(walked)('%s', async (_, blocks) => {
  await walk(blocks, { DATABASE_URL: (await createDatabase()).url })
})

describeMongo('with documents', () => {
  test('MongoDB', async () => {
    const sections = await readSections('docs/mongodb.md')
    await walk(sections.get('A first migration') ?? [], { MONGODB_URI: (await createMongoDatabase()).url })
  })
})

/** Types what a section says, into the files that it says, and sees one migration applied. */
async function walk(blocks: Code[], env: Record<string, string>): Promise<void> {
  const folder = readersFolder({ 'package.json': '{ "name": "shop" }' })
  for (const { lang, value } of blocks) {
    if (lang !== 'sh') put(folder, value)
    for (const { words } of lang === 'sh' ? readShell(value) : []) {
      if (words[0] === 'npx') expect(await start(folder, env, words.slice(2)).ended).toMatchObject({ code: 0 })
    }
  }
  const { stdout } = await start(folder, env, ['status', '--json']).ended
  expect(JSON.parse(stdout)).toMatchObject({ summary: { applied: 1, pending: 0 } })
}

/** Writes a block where its first line says, in the place of what `create` made with another timestamp. */
function put(folder: string, text: string): void {
  const [, path = ''] = /^(?:\/\/|--) (\S+)\n/.exec(text) ?? []
  const parent = join(folder, dirname(path))
  mkdirSync(parent, { recursive: true })
  const made = readdirSync(parent).find((name) => withoutTime(name) === withoutTime(basename(path)))
  if (/\d/.test(basename(path))) expect(made, `create wrote ${path}`).toBeDefined()
  const file = join(parent, made ?? basename(path))
  expect(existsSync(file)).toBe(made !== undefined)
  writeFileSync(file, text)
}

const withoutTime = (name: string) => name.replace(/^\d+/, '')

async function readSections(file: string): Promise<Map<string, Code[]>> {
  const [page] = await readMarkdown([file])
  const found = new Map<string, Code[]>()
  let blocks: Code[] = []
  for (const node of page?.tree.children ?? []) {
    if (node.type === 'heading' && node.depth === 2) {
      blocks = []
      found.set(textOf(node as Heading), blocks)
    }
    if (node.type === 'code') blocks.push(node)
  }
  return found
}

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { classify, loadParser } from '../../src/sql/classify.js'
import { ScriptFactsBuilder } from '../../src/sql/script.js'
import { type ScriptItem, splitScript } from '../../src/sql/split.js'

const folder = join(import.meta.dirname, 'golden')
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .map((file) => basename(file, '.sql'))

beforeAll(loadParser)

// what each script becomes stands in <case>.json; `vitest -u` writes it anew
test.each(cases)('%s', async (name) => {
  const source = readFileSync(join(folder, `${name}.sql`), 'utf8')
  const items = splitScript(source)
  const builder = new ScriptFactsBuilder()
  const shown = items.map((item) => show(item, source, builder))
  const text = `${JSON.stringify({ facts: builder.facts(), items: shown }, undefined, 2)}\n`
  await expect(text).toMatchFileSnapshot(join(folder, `${name}.json`))
})

function show(item: ScriptItem, source: string, builder: ScriptFactsBuilder): unknown {
  if (item.kind !== 'statement') return item
  const { text, line, column, offset, copyFromStdin } = item.statement
  expect(source.slice(offset, offset + text.length)).toBe(text)
  const found = classify(text)
  builder.add(found)
  return { at: `${line}:${column}`, text, ...(copyFromStdin ? { copyFromStdin } : {}), ...found }
}

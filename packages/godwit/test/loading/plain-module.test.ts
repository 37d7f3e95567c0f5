import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { exportsOf, loadModule } from '../../src/loading/load-module.js'
import { isPlainModule } from '../../src/loading/plain-module.js'

const names = ['defineSeed', 'ref']

function write(text: string, name = 'users.ts'): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-plain-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test.each([
  ["import { defineSeed, ref as reference } from 'godwit'\nexport default defineSeed({ a: reference() })", true],
  ["import { readFileSync } from 'node:fs'\nimport path from 'path'\nexport default [readFileSync, path]", true],
  [
    "import type { User } from '../user'\nimport { defineSeed } from 'godwit'\nexport default defineSeed({} as User)",
    true,
  ],
  ["import { defineSeed, openProject } from 'godwit'\nexport default [defineSeed, openProject]", false],
  ["import * as godwit from 'godwit'\nexport default godwit", false],
  ["import { User } from '../user'\nexport default User", false],
  ["import '../setup'\nexport default 1", false],
  ["export * from './others'", false],
  ["export { User } from './others'", false],
  ["import lodash from 'lodash'\nexport default lodash", false],
  ["export default () => import('./later.js')", false],
  ['export default import.meta.url', false],
  ["export default require('./others')", false],
  ['export default await Promise.resolve(1)', false],
  ['export default {', false],
])('%j takes nothing from elsewhere: %s', (text, plain) => {
  expect(isPlainModule(write(text), names)).toBe(plain)
})

test('JavaScript is left to Node', () => {
  expect(isPlainModule(write('export default 1', 'users.js'), names)).toBe(false)
})

test('such a file is given what stands for godwit, under every name', async () => {
  const file = write(
    "import { defineSeed as seed, ref } from 'godwit'\nexport default seed(ref('a'))\nexport const env = ['test']",
  )
  const given = { defineSeed: (value: string) => `seed ${value}`, ref: (value: string) => `ref ${value}` }
  expect(exportsOf(await loadModule(file, { projectDir: join(file, '..'), given }))).toEqual({
    default: 'seed ref a',
    env: ['test'],
  })
})

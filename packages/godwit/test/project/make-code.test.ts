import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeCode } from '../../src/project/make-code.js'

/** A project that has a package `maker` with this program. */
function project(program?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-maker-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const place = join(folder, 'node_modules/maker')
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "name": "maker", "bin": { "maker": "run.cjs" } }')
  if (program !== undefined) writeFileSync(join(place, 'run.cjs'), program)
  return folder
}

test("the project's own program is run in its folder, with its arguments", async () => {
  const folder = project("require('fs').writeFileSync('made', process.argv.slice(2).join())")
  expect(await makeCode(['maker', 'all', 'of it'], folder)).toBe('maker all of it')
  expect(readFileSync(join(folder, 'made'), 'utf8')).toBe('all,of it')
})

test('a project without the package makes nothing', async () => {
  expect(await makeCode(['nobody', 'generate'], project())).toBeNull()
})

test('a program that fails is told with its code', async () => {
  const failing = makeCode(['maker'], project('process.exit(3)'))
  await expect(failing).rejects.toMatchObject({
    code: 'GODWIT_GENERATOR_FAILED',
    message: 'maker failed: it ended with code 3',
  })
})

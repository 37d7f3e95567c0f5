import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { installRequireHooks, removeRequireHooks, requireConfig } from '../../src/loading/require-hooks.js'
import { scratchProject } from './scratch-project.js'

const require = createRequire(import.meta.url)
const endings = (): string[] => Object.keys(require.extensions)

afterEach(removeRequireHooks)

it('leaves require as it was found once it is removed', () => {
  const before = endings()
  installRequireHooks()
  installRequireHooks()
  expect(endings()).toEqual(expect.arrayContaining(['.ts', '.tsx', '.mts', '.cts']))
  removeRequireHooks()
  expect(endings()).toEqual(before)
  const folder = scratchProject({ 'a.ts': 'export enum A { B }' })
  expect(() => require(join(folder, 'a.ts'))).toThrow()
})

it('changes nothing for JavaScript: neither aliases nor sources for .js, nor a godwit that is not there', () => {
  const folder = scratchProject({
    'tsconfig.json': { compilerOptions: { paths: { '@/*': ['./*'] } } },
    'alias.js': "require('@/other')",
    'ending.js': "require('./typed.js')",
    'godwit.js': "require('godwit')",
    'plain.js': 'exports.sloppy = (function () { return this !== undefined })()',
    'other.js': '',
    'typed.ts': '',
  })
  installRequireHooks()
  for (const name of ['alias', 'ending', 'godwit']) {
    expect(() => require(join(folder, `${name}.js`))).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }))
  }
  expect(require(join(folder, 'plain.js'))).toEqual({ sloppy: true })
})

it('answers godwit only while a configuration loads', () => {
  const folder = scratchProject({ 'godwit.config.cjs': "module.exports = require('godwit').defineConfig({ n: 1 })" })
  const file = join(folder, 'godwit.config.cjs')
  expect(requireConfig(file)).toEqual({ n: 1 })
  expect(() => require(file)).toThrow(expect.objectContaining({ code: 'MODULE_NOT_FOUND' }))
  expect(endings()).not.toContain('.mjs')
})

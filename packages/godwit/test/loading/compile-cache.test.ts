import { exec, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { buildLoader } from './built-loader.js'
import { addFiles, scratchProject } from './scratch-project.js'

let loader: string

beforeAll(async () => {
  loader = await buildLoader()
})

/** Loads a file in a fresh process: what it exports as JSON, and which of the compilers were loaded for it. */
function run(projectDir: string, file: string): { exports: unknown; compilers: string[] } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [loader, projectDir, file], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const both = ['@swc/core', 'get-tsconfig']

it.each([
  ['godwit.config.ts', "import { defineConfig } from 'godwit'\nexport default defineConfig({ n: 1 as number })"],
  ['main.ts', 'export const n: number = 1\nexport default { n }'],
])('loads no compiler for %s while nothing has changed', (file, source) => {
  const folder = scratchProject({ [file]: source, 'tsconfig.json': { extends: './base.json' }, 'base.json': {} })
  expect(run(folder, file)).toEqual({ exports: { n: 1 }, compilers: both })
  expect(run(folder, file)).toEqual({ exports: { n: 1 }, compilers: [] })

  writeFileSync(join(folder, file), source.replace('1', '2'))
  expect(run(folder, file)).toEqual({ exports: { n: 2 }, compilers: ['@swc/core'] })
  expect(run(folder, file)).toEqual({ exports: { n: 2 }, compilers: [] })

  addFiles(folder, { 'base.json': { compilerOptions: { experimentalDecorators: true } } })
  expect(run(folder, file).compilers).toEqual(both)
  // An option that changes nothing at run time costs a look at the tsconfig, but no compilation.
  addFiles(folder, { 'base.json': { compilerOptions: { experimentalDecorators: true, noUnusedLocals: true } } })
  expect(run(folder, file).compilers).toEqual(['get-tsconfig'])
  expect(run(folder, file).compilers).toEqual([])
})

it('keeps one entry a file, and none when it may not write', () => {
  const folder = scratchProject({ 'main.ts': 'export const n: number = 1', 'node_modules/x/package.json': {} })
  const cache = join(folder, 'node_modules/.cache/godwit')
  run(folder, 'main.ts')
  const entries = readdirSync(cache)
  writeFileSync(join(folder, 'main.ts'), 'export const n: number = 2')
  run(folder, 'main.ts')
  expect(readdirSync(cache)).toEqual(entries)

  rmSync(join(folder, 'node_modules/.cache'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/.cache'), 'a file where the folder would be')
  expect(run(folder, 'main.ts').exports).toEqual({ n: 2 })
  expect(statSync(join(folder, 'node_modules/.cache')).isFile()).toBe(true)
})

it('takes no entry that was cut short or belongs to another source', () => {
  const folder = scratchProject({ 'main.ts': 'export const n: number = 1' })
  const cache = join(folder, '.godwit/cache')
  run(folder, 'main.ts')
  const entry = join(cache, readdirSync(cache).find((name) => name.startsWith('cjs-')) ?? '')
  const whole = readFileSync(entry, 'utf8')
  for (const broken of [whole.slice(0, -20), '', whole.replace(/.$/, 'x')]) {
    writeFileSync(entry, broken)
    expect(run(folder, 'main.ts')).toEqual({ exports: { n: 1 }, compilers: ['@swc/core'] })
    expect(readFileSync(entry, 'utf8')).toBe(whole)
  }
})

it('stays whole when many processes write it at once', async () => {
  const folder = scratchProject({ 'main.ts': `export const n: number = 1\n${'// a line\n'.repeat(5000)}` })
  const runs = Array.from(
    { length: 6 },
    () =>
      new Promise<string>((resolve) =>
        exec(`"${process.execPath}" "${loader}" "${folder}" main.ts`, (_error, out) => resolve(out)),
      ),
  )
  for (const out of await Promise.all(runs)) expect(JSON.parse(out).exports).toEqual({ n: 1 })
  const drafts = readdirSync(join(folder, '.godwit/cache')).filter((name) => !/\.(?:js|json)$|^\.gitignore$/.test(name))
  expect(drafts).toEqual([])
})

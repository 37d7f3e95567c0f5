import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportsOf, loadModule, releaseHooks } from '../../src/loading/load-module.js'
import { buildImportWorker } from './built-loader.js'
import { scratchProject } from './scratch-project.js'

beforeAll(buildImportWorker)

const load = async (projectDir: string, file: string): Promise<Record<string, unknown>> =>
  exportsOf(await loadModule(file, { projectDir }))

describe.each([['commonjs'], ['module']])('imports in TypeScript of type %s', (type) => {
  it('find sources by every way of writing them', async () => {
    const folder = scratchProject({
      'package.json': { type },
      'main.ts': `import { a } from './a'
import { b } from './a.js'
import { c } from './folder'
import { d } from './folder/index.js'
import e from './data.json'
import { f } from './kinds.mjs'
import { g } from './kinds.cjs'
import { type Shape } from './shape'
import { T } from './declared'
const seen = (value: T | Shape): T | Shape => value
export const all = seen([a, b, c, d, e, f, g])`,
      'a.ts': "export const a = 'a' as string, b = 'b'",
      'folder/index.ts': "export const c = 'c' as string, d = 'd'",
      'data.json': '"e"',
      'kinds.mts': "export const f = 'f' as string",
      'kinds.cts': "export const g = 'g' as string",
      'shape.ts': 'export type Shape = unknown',
      'declared.d.ts': 'export type T = unknown',
    })
    expect(await load(folder, 'main.ts')).toEqual({ all: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] })
  })

  it('use the aliases of the tsconfig nearest to each file', async () => {
    const folder = scratchProject({
      'apps/api/package.json': { type },
      'apps/api/tsconfig.json': {
        extends: '../../tsconfig.paths.json',
        compilerOptions: {
          paths: { '@/*': ['./src/*'], '@/deep/*': ['./elsewhere/*'], '@acme/*': ['../../packages/*/src'] },
        },
      },
      'apps/api/src/main.ts':
        "export { name } from '@/name'\nexport { shared } from '@acme/shared'\nexport { deep } from '@/deep/one'",
      'apps/api/src/name.ts': "export const name = 'api' as string",
      'apps/api/elsewhere/one.ts': 'export const deep = 1 as number',
      'packages/shared/package.json': { type, main: 'dist/index.js' },
      'packages/shared/tsconfig.json': { compilerOptions: { baseUrl: './src' } },
      'packages/shared/src/index.ts': "import { name } from 'own/name'\nexport const shared = name as string",
      'packages/shared/src/own/name.ts': "export const name = 'shared'",
      'tsconfig.paths.json': { compilerOptions: { paths: { '@root/*': ['./*'] }, strict: true } },
    })
    expect(await load(join(folder, 'apps/api'), 'src/main.ts')).toEqual({ name: 'api', shared: 'shared', deep: 1 })
  })

  it('resolve inherited aliases from the file that wrote them, and those behind references', async () => {
    const folder = scratchProject({
      'tsconfig.base.json': { compilerOptions: { paths: { '@lib/*': ['./libs/*/index.ts'] } } },
      'libs/names/index.ts': "export const name = 'lib' as string",
      'libs/names/package.json': { type },
      'apps/api/package.json': { type },
      'apps/api/tsconfig.json': {
        files: [],
        references: [{ path: './tsconfig.spec.json' }, { path: './tsconfig.app.json' }],
      },
      'apps/api/tsconfig.spec.json': {},
      'apps/api/tsconfig.app.json': { extends: '../../tsconfig.base.json' },
      'apps/api/main.ts': "export { name } from '@lib/names'",
    })
    expect(await load(join(folder, 'apps/api'), 'main.ts')).toEqual({ name: 'lib' })
  })

  it('take workspace packages whose source is TypeScript', async () => {
    const folder = scratchProject({
      'package.json': { type },
      'main.ts': "export { size } from '@acme/units'\nexport { deep } from '@acme/units/deep'",
      'packages/units/package.json': {
        name: '@acme/units',
        type,
        exports: { '.': './src/index.ts', './deep': './src/deep.ts' },
      },
      'packages/units/src/index.ts': 'export const size: number = 3',
      'packages/units/src/deep.ts': 'export const deep: number = 4',
      'node_modules/@acme/.keep': '',
    })
    symlinkSync(join(folder, 'packages/units'), join(folder, 'node_modules/@acme/units'))
    expect(await load(folder, 'main.ts')).toEqual({ size: 3, deep: 4 })
  })
})

describe('loadModule', () => {
  it('runs ES modules as such: import.meta.url, top-level await, imports of CommonJS TypeScript', async () => {
    const folder = scratchProject({
      'package.json': {},
      'main.mts': `import def, { legacy, again } from './legacy.ts'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
export const url: string = import.meta.url
export const late = await Promise.resolve('late')
export const same = require('./legacy.ts').token === def
export { legacy, again }`,
      'legacy.ts':
        "export * from './star'\nexport const legacy: string = __filename\nexport const token = {}\nexport default token",
      'star.ts': 'export const again: boolean = true',
    })
    expect(await load(folder, 'main.mts')).toEqual({
      url: `file://${folder}/main.mts`,
      late: 'late',
      same: true,
      legacy: join(folder, 'legacy.ts'),
      again: true,
    })
  })

  it('requires an ES module of TypeScript from CommonJS', async () => {
    const folder = scratchProject({
      'package.json': {},
      'main.ts': "import { where } from './modern.mjs'\nexport const at: string = where",
      'modern.mts': 'export const where: string = import.meta.url',
    })
    expect(await load(folder, 'main.ts')).toEqual({ at: `file://${folder}/modern.mts` })
  })

  it.each([
    ['js', 'exports.up = 1'],
    ['cjs', 'exports.up = 1'],
    ['mjs', 'export const up = 1'],
    ['js', 'export const up = 1'],
    ['json', '{ "up": 1 }'],
    ['ts', 'export = { up: 1 as number }'],
  ])('loads .%s as Node does: %s', async (ending, text) => {
    const folder = scratchProject({ 'package.json': {}, [`file.${ending}`]: text })
    expect(await load(folder, `file.${ending}`)).toEqual({ up: 1 })
  })

  it('does not check types: a migration may use one that it never imported', async () => {
    const folder = scratchProject({ 'm.ts': 'export const up = (pgm: MigrationBuilder): void => pgm.sql(1)' })
    expect(Object.keys(await load(folder, 'm.ts'))).toEqual(['up'])
  })

  it('reads an export that is still on its way as undefined, as compiled by TypeScript', async () => {
    const folder = scratchProject({
      'a.ts': "import { B, early } from './b'\nexport class A {}\nexport const all: unknown[] = [B, early]",
      'b.ts':
        "import { A } from './a'\nimport { only } from './only'\nexport const early: unknown[] = [A, only]\nexport class B {}",
      'only.ts': "import './a'\nexport const only: number = 1",
    })
    const { all } = (await load(folder, 'a.ts')) as { all: [unknown, unknown[]] }
    expect(all[1]).toEqual([undefined, 1])
    const circular = scratchProject({
      'x.ts': "import { y } from './y'\nexport const x: unknown = y()",
      'y.ts': "import { x } from './x'\nexport const y = (): unknown => [x]",
    })
    expect(await load(circular, 'x.ts')).toEqual({ x: [undefined] })
  })

  it.each([[{}], [{ type: 'module' }]])('takes any name, a BOM and CRLF (package.json %j)', async (manifest) => {
    const name = "1 it's 100% #é 数.ts"
    const folder = scratchProject({
      'package.json': manifest,
      [`a folder/${name}`]: `\uFEFFimport { b } from "./bé b"\r\nexport const a: string = b\r\n`,
      'a folder/bé b.ts': '\uFEFFexport const b: string = "b"\r\n',
    })
    expect(await load(folder, `a folder/${name}`)).toEqual({ a: 'b' })
  })

  it('keeps interop off where the tsconfig does', async () => {
    const files = {
      'm.ts': "import * as f from './f.cjs'\nexport const kind: string = typeof f",
      'f.cjs': 'module.exports = () => 1',
    }
    const plain = scratchProject({ ...files, 'tsconfig.json': { compilerOptions: { module: 'commonjs' } } })
    expect(await load(plain, 'm.ts')).toEqual({ kind: 'function' })
    const interop = scratchProject({ ...files, 'tsconfig.json': { compilerOptions: { module: 'node16' } } })
    expect(await load(interop, 'm.ts')).toEqual({ kind: 'object' })
  })

  it('defines class fields where the target says so', async () => {
    const files = { 'm.ts': 'class A { field?: string }\nexport const keys: string[] = Object.keys(new A())' }
    const old = scratchProject({ ...files, 'tsconfig.json': { compilerOptions: { target: 'es2021' } } })
    expect(await load(old, 'm.ts')).toEqual({ keys: [] })
    const young = scratchProject({ ...files, 'tsconfig.json': { compilerOptions: { target: 'es2022' } } })
    expect(await load(young, 'm.ts')).toEqual({ keys: ['field'] })
  })

  it('runs standard decorators where experimental ones are off', async () => {
    const folder = scratchProject({
      'tsconfig.json': { compilerOptions: {} },
      'm.ts':
        'export let kind: string = ""\nconst d = (_: unknown, context: { kind: string }): void => { kind = context.kind }\n@d class A {}',
    })
    expect(await load(folder, 'm.ts')).toEqual({ kind: 'class' })
  })
})

it('loads again after its hooks were released', async () => {
  const folder = scratchProject({
    'a.mts': 'export const a: number = 1',
    'b.mts': "export * from './c.mjs'",
    'c.mts': 'export enum C { D }',
    'e.ts': 'export enum E { F }',
  })
  await load(folder, 'a.mts')
  releaseHooks()
  expect(Object.keys(await load(folder, 'b.mts'))).toEqual(['C'])
  expect(Object.keys(await load(folder, 'e.ts'))).toEqual(['E'])
})

describe('exportsOf', () => {
  it('finds every value once', () => {
    class A {}
    expect(exportsOf({ A, default: A })).toEqual({ A })
    expect(exportsOf({ default: { __esModule: true, A, default: A }, A })).toEqual({ A })
    expect(exportsOf({ default: { A }, A, 'module.exports': { A } })).toEqual({ A })
    expect(exportsOf({ default: { up: 1 } })).toEqual({ default: { up: 1 } })
    expect(exportsOf({ default: { a: 1, b: 2 }, a: 1, c: 3 })).toEqual({ a: 1, c: 3, default: { a: 1, b: 2 } })
    expect(exportsOf(A)).toEqual({ default: A })
    expect(exportsOf({ a: 1, b: 1 })).toEqual({ a: 1, b: 1 })
    expect(exportsOf(undefined)).toEqual({})
  })
})

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GodwitError } from '../../src/errors.js'
import { loadModule } from '../../src/loading/load-module.js'
import { originalStack } from '../../src/loading/stack-positions.js'
import { buildImportWorker } from './built-loader.js'
import { scratchProject } from './scratch-project.js'

beforeAll(buildImportWorker)

async function failure(projectDir: string, file: string): Promise<GodwitError> {
  try {
    await loadModule(file, { projectDir })
  } catch (error) {
    return error as GodwitError
  }
  throw new Error('it loaded')
}

describe.each([['commonjs'], ['module']])('in a package of type %s', (type) => {
  it.each([
    ['a typo in a path', './entitis/user', "Did you mean './entities/user.ts'?"],
    ['a typo in a file name', './entities/usr.js', "Did you mean './entities/user.ts'?"],
    ['a folder that is not there', './models/user', 'Correct the path, or add the file.'],
    ['nothing like it', './entities/zzzzzzzzzz', 'Correct the path, or add the file.'],
    ['a package that is not installed', 'left-pad/lib', 'pnpm add left-pad'],
    [
      'an alias that no tsconfig knows',
      '@/entities/user',
      "If '@/entities/user' is an alias, add it to the 'paths' of the nearest tsconfig.json.",
    ],
    [
      'an alias that leads nowhere',
      '~entities/usr',
      "Its alias in the tsconfig leads to src/entities/usr. Did you mean './entities/user.ts'?",
    ],
    ['a file that a package lacks', 'thing/sub', "'thing' is installed, but has no 'sub'. Correct the import."],
    [
      'a workspace package that was not built',
      '@acme/shared',
      "Build '@acme/shared' first: it is in this workspace, but neither the file its package.json names nor its source in src is there.",
    ],
  ])('says what was tried and what to do about %s', async (_what, specifier, advice) => {
    const tried = specifier.startsWith('.')
      ? `src/${specifier.slice(2)}, also with .ts, .tsx,`
      : specifier.startsWith('~')
        ? 'src/entities/usr, also with .ts'
        : 'node_modules from src upwards'
    const folder = scratchProject({
      'package.json': { type },
      'pnpm-lock.yaml': '',
      'tsconfig.json': { compilerOptions: { paths: { '~entities/*': ['./src/entities/*'] } } },
      'node_modules/thing/package.json': { name: 'thing' },
      'src/main.ts': `import { it } from '${specifier}'\nexport const n: number = it`,
      'src/entities/user.ts': 'export const it = 1',
      'packages/shared/package.json': { name: '@acme/shared', main: './dist/index.js' },
      'node_modules/@acme/.keep': '',
    })
    symlinkSync(join(folder, 'packages/shared'), join(folder, 'node_modules/@acme/shared'))
    const error = await failure(folder, 'src/main.ts')
    expect(error.message).toContain(`Cannot find module '${specifier}', imported by src/main.ts: tried ${tried}`)
    expect(error).toMatchObject({ code: 'GODWIT_MODULE_NOT_FOUND', hint: advice, details: { file: 'src/main.ts' } })
  })

  it('puts a syntax error in its place, also in an imported file', async () => {
    const folder = scratchProject({
      'package.json': { type },
      'main.ts': "import './broken.js'\n",
      'broken.ts': 'export class A {\n  up( {\n}\n',
    })
    expect(await failure(folder, 'main.ts')).toMatchObject({
      code: 'GODWIT_FILE_SYNTAX',
      message: /^broken\.ts cannot be compiled: /,
      details: { file: 'broken.ts', line: 3, frame: expect.stringContaining('up( {') },
    })
  })

  it('tells the line that threw in the source, and that of later errors', async () => {
    const folder = scratchProject({
      'package.json': { type },
      'main.ts': `interface A {
  a: string
}
export function later(a: A): never {
  throw new Error(a.a)
}
`,
      'throws.ts':
        'interface A {\n  a: string\n}\nconst a = undefined as unknown as A\nexport const b: string = a.a.trim()\n',
    })
    expect(await failure(folder, 'throws.ts')).toMatchObject({
      code: 'GODWIT_FILE_THROWS',
      message: "throws.ts failed while it was imported: Cannot read properties of undefined (reading 'a')",
      details: { file: 'throws.ts', line: 5 },
      cause: expect.any(TypeError),
    })
    const { later } = (await loadModule('main.ts', { projectDir: folder })) as { later(a: object): never }
    try {
      later({ a: 'boom' })
    } catch (error) {
      expect(originalStack((error as Error).stack ?? '')).toContain(`${join(folder, 'main.ts')}:5:9`)
    }
    expect.assertions(2)
  })

  it('says whatever was thrown, were it no error', async () => {
    const folder = scratchProject({ 'package.json': { type }, 'main.ts': "throw 'a text' as string\nexport {}" })
    expect(await failure(folder, 'main.ts')).toMatchObject({
      message: 'main.ts failed while it was imported: a text',
      cause: 'a text',
    })
  })

  it('says that a file is not there', async () => {
    const folder = scratchProject({ 'package.json': { type } })
    expect(await failure(folder, 'absent.ts')).toMatchObject({
      code: 'GODWIT_FILE_UNREADABLE',
      message: 'absent.ts cannot be read: there is no such file',
    })
  })

  it('reads a tsconfig that is broken as the reason', async () => {
    const folder = scratchProject({
      'package.json': { type },
      'main.ts': 'export {}',
      'tsconfig.json': { extends: './no.json' },
    })
    expect(await failure(folder, 'main.ts')).toMatchObject({
      code: 'GODWIT_FILE_UNREADABLE',
      message: expect.stringMatching(/^tsconfig\.json cannot be read: /),
    })
  })
})

it('says what to do about a type that an ES module exports as if it were a value', async () => {
  const folder = scratchProject({
    'main.mts': "export { A, type B } from './types.mjs'\n",
    'types.mts': 'export interface A {}\nexport interface B {}\n',
  })
  expect(await failure(folder, 'main.mts')).toMatchObject({
    code: 'GODWIT_FILE_THROWS',
    message:
      "main.mts failed while it was imported: The requested module './types.mjs' does not provide an export named 'A'",
    hint: "If 'A' is a type, write 'type' before it where it is imported or exported.",
  })
})

it('does not take a module that user code looked for in vain as the one that was imported', async () => {
  const folder = scratchProject({
    'main.ts': "try { require('optional-thing') } catch {}\nexport const n = 1 as number",
  })
  expect(await loadModule('main.ts', { projectDir: folder })).toMatchObject({ n: 1 })
})

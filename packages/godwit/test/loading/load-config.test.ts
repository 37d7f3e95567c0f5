import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadConfigFile } from '../../src/loading/load-config.js'
import { buildImportWorker } from './built-loader.js'
import { addFiles, scratchProject } from './scratch-project.js'

beforeAll(buildImportWorker)

const esm = { type: 'module' }
const typed = `import { defineConfig, type GodwitConfig } from 'godwit'
import { name } from './name.js'
enum Kind { Sql = 'sql' }
const config: GodwitConfig = { format: Kind.Sql, name }
export default defineConfig(config)
`

describe('loadConfigFile', () => {
  it.each([
    [
      'TypeScript as an ES module',
      { 'package.json': esm, 'godwit.config.ts': typed, 'name.ts': "export const name: string = 'a'" },
    ],
    [
      'TypeScript as CommonJS',
      { 'package.json': {}, 'godwit.config.ts': typed, 'name.ts': "export const name: string = 'a'" },
    ],
    [
      'TypeScript beside JavaScript',
      {
        'package.json': esm,
        'godwit.config.ts': typed,
        'name.js': "import { defineConfig } from 'godwit'; export const name = defineConfig('a')",
      },
    ],
  ])('evaluates %s, with godwit not installed', async (_what, files) => {
    const folder = scratchProject(files)
    expect(await loadConfigFile(join(folder, 'godwit.config.ts'))).toEqual({ format: 'sql', name: 'a' })
  })

  it.each([
    ['godwit.config.mjs', "import { defineConfig } from 'godwit'\nexport default defineConfig({ format: 'sql' })"],
    ['godwit.config.js', "import { defineConfig } from 'godwit'\nexport default defineConfig({ format: 'sql' })"],
    [
      'godwit.config.js',
      "const { defineConfig } = require('godwit')\nmodule.exports = defineConfig({ format: 'sql' })",
    ],
    ['godwit.config.cjs', "module.exports = { format: 'sql' }"],
    ['godwit.config.mts', "export default { format: 'sql' as const }"],
    ['godwit.config.cts', "export = { format: 'sql' as const }"],
    ['godwit.config.json', '\uFEFF{ "format": "sql" }'],
  ])('evaluates %s: %s', async (name, text) => {
    const folder = scratchProject({ [name]: text })
    expect(await loadConfigFile(join(folder, name))).toEqual({ format: 'sql' })
  })

  it.each([[{}], [esm]])('lets one await at its top (package.json %j)', async (manifest) => {
    const folder = scratchProject({
      'package.json': manifest,
      'godwit.config.ts': `import { defineConfig } from 'godwit'
import { format } from './format'
export default defineConfig({ format: await Promise.resolve(format), here: import.meta.url })`,
      'format.ts': "export const format: string = 'sql'",
    })
    const file = join(folder, 'godwit.config.ts')
    expect(await loadConfigFile(file)).toEqual({ format: 'sql', here: `file://${file}` })
  })

  it('lets JavaScript await at its top', async () => {
    const folder = scratchProject({
      'godwit.config.mjs':
        "import { defineConfig } from 'godwit'\nexport default defineConfig({ n: await Promise.resolve(1) })",
    })
    expect(await loadConfigFile(join(folder, 'godwit.config.mjs'))).toEqual({ n: 1 })
  })

  it('reads the file anew at each call', async () => {
    const folder = scratchProject({ 'godwit.config.ts': 'export default { n: 1 as number }' })
    const file = join(folder, 'godwit.config.ts')
    expect(await loadConfigFile(file)).toEqual({ n: 1 })
    addFiles(folder, { 'godwit.config.ts': 'export default { n: 2 as number }' })
    expect(await loadConfigFile(file)).toEqual({ n: 2 })
  })

  it('caches beside the packages, else in .godwit, which git ignores', async () => {
    const bare = scratchProject({ 'godwit.config.ts': 'export default {} as object' })
    await loadConfigFile(join(bare, 'godwit.config.ts'))
    expect(readdirSync(join(bare, '.godwit/cache'))).toContain('.gitignore')
    const installed = scratchProject({ 'godwit.config.ts': 'export default {} as object', 'node_modules/x/y': '' })
    await loadConfigFile(join(installed, 'godwit.config.ts'))
    expect(existsSync(join(installed, '.godwit'))).toBe(false)
    expect(readdirSync(join(installed, 'node_modules/.cache/godwit')).length).toBeGreaterThan(1)
  })

  it('says where a file is broken', async () => {
    const folder = scratchProject({ 'godwit.config.ts': "export default {\n  format: 'sql'\n  database: 3,\n}\n" })
    await expect(loadConfigFile(join(folder, 'godwit.config.ts'))).rejects.toMatchObject({
      code: 'GODWIT_FILE_SYNTAX',
      message: /^godwit\.config\.ts cannot be compiled: Expected ','/,
      details: { file: 'godwit.config.ts', line: 3, column: 3, frame: expect.stringContaining('database') },
    })
    const json = scratchProject({ 'godwit.config.json': '{ format: 1 }' })
    await expect(loadConfigFile(join(json, 'godwit.config.json'))).rejects.toMatchObject({ code: 'GODWIT_FILE_SYNTAX' })
  })

  it('names the file and line that threw, and keeps the cause', async () => {
    const folder = scratchProject({
      'godwit.config.ts': "import { url } from './env'\nexport default { url }\n",
      'env.ts':
        "interface Env {\n  url: string\n}\n\nexport const url: Env['url'] = need('DATABASE_URL')\n\nfunction need(name: string): string {\n  throw new Error(name + ' is not set')\n}\n",
    })
    await expect(loadConfigFile(join(folder, 'godwit.config.ts'))).rejects.toMatchObject({
      code: 'GODWIT_FILE_THROWS',
      message: 'godwit.config.ts failed while it was imported: DATABASE_URL is not set',
      details: { file: 'env.ts', line: 8, column: 9 },
      cause: { message: 'DATABASE_URL is not set' },
    })
  })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { loadConfigFile } from '../../src/loading/load-config.js'
import { checkConfig } from '../../src/project/check-config.js'
import { createDatabase } from '../support/database.js'
import { type Block, placeOf, readBlocks } from './blocks.js'
import { fileName, whole } from './compile.js'
import { readersFolder, sqlProject } from './reader.js'

const blocks = await readBlocks('ts')
const placed = (found: Block[]) => found.map((block) => [placeOf(block), block] as const)
const configs = blocks.filter(({ text }) => text.includes('export default defineConfig('))
/** Programs that stand by themselves; what stands within other code is compiled only. */
const programs = blocks.filter(
  ({ text, notes }) =>
    text.includes("from 'godwit'") && /^const \w+ = await openProject\(/m.test(text) && notes.length === 0,
)

const SEED = `import { defineSeed } from 'godwit'
export default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'ada@example.com' }] })
`

test.each(placed(configs))('the config at %s is one', async (_, block) => {
  const folder = readersFolder({ 'godwit.config.ts': whole(block).text })
  checkConfig(await loadConfigFile(join(folder, 'godwit.config.ts')), 'godwit.config.ts')
})

test.each(placed(programs))('the program at %s runs', async (_, block) => {
  const { outputText } = ts.transpileModule(block.text, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  })
  const name = `${fileName(block).replace(/\.[jt]s$/, '')}.mjs`
  ;("import { defineSeed } from 'godwit'\nexport default defineSeed({ table: 'users', key: ['email'], rows: [{ email: 'ada@example.com' }] })\n")
  const folder = readersFolder({ ...sqlProject, 'seeds/users.ts': SEED, [name]: outputText })
  // A program that asks for an embedded database gets it; the others run sooner on a server.
  const { url } = await createDatabase()
  const env = { PATH: process.env.PATH, NODE_ENV: 'test', GODWIT_DATABASE_URL: url }
  const child = spawn(process.execPath, [name], { cwd: folder, env })
  const [stderr, [code]] = await Promise.all([textOf(child.stderr), once(child, 'close')])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { isScript } from '../../src/seeds/scripts.js'
import { scratchFolder } from '../formats/scratch-folder.js'
import { createDatabase } from '../support/database.js'

test.each([
  ['import { db } from "./db"\nasync function main() { await db() }\nmain().catch(console.error)', true],
  ['async function seed() {}\nseed();', true],
  ['export async function seed() {}\n\nvoid seed()', true],
  ['const seed = async () => {}\nexport default seed\nawait seed()', true],
  ['export const x = 1\n;(async () => { await x })()', true],
  ['export async function main() {}\nif (require.main === module) main()', true],
  [
    'export default main\nfunction main() {}\nif (import.meta.url === pathToFileURL(process.argv[1]).href) main()',
    true,
  ],
  ['const { Client } = require("pg")\nnew Client().connect().then(() => 1)', true],
  ['export default async ({ db }) => { await run(db) }\nasync function run(db) { await db.query(text(1)) }', false],
  ['export async function main() {}', false],
  ['module.exports = async ({ db }) => {}', false],
  [
    'import { defineSeed } from "godwit"\nexport default defineSeed({ table: "a", key: ["id"], rows: rows() })\nfunction rows() {}',
    false,
  ],
])('a program is told by its text: %s', (text, expected) => {
  expect(isScript(text)).toBe(expected)
})

const pg = JSON.stringify(fileURLToPath(import.meta.resolve('pg')))
const insert = (end = '') => `import { createRequire } from 'node:module'
import type { ClientConfig } from 'pg'
const { Client } = createRequire(${pg})('pg')
async function main(): Promise<void> {
  const config: ClientConfig = { connectionString: process.env.DATABASE_URL }
  const client = new Client(config)
  await client.connect()
  await client.query("insert into notes (text) values ('script')")
  await client.end()
  console.log('one row, as the main module: ' + (require.main === module) + ' ' + process.argv.length)
  console.error('a warning')
  ${end}
}
main()
`

async function projectOf(files: Record<string, string>, config: object = { seeds: 'seeds' }) {
  const database = await createDatabase()
  await database.query('create table notes (id serial primary key, text text)')
  const cwd = await scratchFolder({
    'godwit.config.json': JSON.stringify({ format: 'sql', ...config }),
    'migrations/': '',
    ...files,
  })
  const logged: string[] = []
  const project = await openProject({
    cwd,
    databaseUrl: database.url,
    env: { ...process.env, DATABASE_URL: 'postgres://elsewhere/x' },
    onEvent: (event) => {
      if (event.type === 'seed-log') logged.push(event.line)
    },
  })
  return { database, cwd, project, logged, notes: () => database.query('select text from notes') }
}

test('a program runs as it is, as the main module, on the target', async () => {
  const { project, logged, notes } = await projectOf({ 'seeds/notes.ts': insert() })
  const { error, seeds } = await project.seed()
  expect(error).toBeUndefined()
  expect(seeds).toMatchObject([{ name: 'notes', outcome: 'done' }])
  expect(logged.sort()).toEqual(['a warning', 'one row, as the main module: true 2'])
  expect(await notes()).toEqual([{ text: 'script' }])
})

test('an ES module runs as a program too', async () => {
  const text = `import { log } from './log.js'\nasync function main(): Promise<void> { log(await Promise.resolve('hello')) }\nawait main()\n`
  const { project, logged } = await projectOf(
    {
      'package.json': '{ "type": "module" }',
      'seed/main.ts': text,
      'seed/log.ts': 'export const log = (text: string): void => console.log(text)',
    },
    { seeds: 'seed/main.ts' },
  )
  expect((await project.seed()).error).toBeUndefined()
  expect(logged).toEqual(['hello'])
})

test('the exit code of one that fails is told, and what it says', async () => {
  const { project, logged } = await projectOf({ 'seeds/notes.ts': insert('process.exit(3)') })
  const { error } = await project.seed()
  expect(error).toMatchObject({ code: 'GODWIT_SEED_SCRIPT', exitCode: 7 })
  expect(error?.message).toContain('ended with exit code 3')
  expect(logged).toContain('a warning')
})

test('one that throws ends with what Node prints', async () => {
  const { project, logged } = await projectOf({ 'seeds/notes.ts': insert(`throw new Error('enough')`) })
  expect((await project.seed()).error?.message).toContain('ended with exit code 1')
  expect(logged.join('\n')).toContain('Error: enough')
})

test('an embedded target has nothing to connect to', async () => {
  const { cwd } = await projectOf({ 'seeds/notes.ts': insert() })
  const project = await openProject({ cwd, databaseUrl: 'embedded:memory', env: {} })
  await expect(project.seed()).rejects.toMatchObject({
    code: 'GODWIT_SEED_SCRIPT_EMBEDDED',
    hint: expect.stringContaining('npx godwit db'),
  })
})

test('the only export `main` is called', async () => {
  const { project, logged } = await projectOf({
    'seeds/notes.ts': `export async function main() { globalThis.called = (globalThis.called ?? 0) + 1 }`,
  })
  expect((await project.seed()).error).toBeUndefined()
  expect((globalThis as { called?: number }).called).toBe(1)
  expect(logged).toEqual([])
})

test.each(['package.json', 'prisma.config.ts'])(
  'the command that Prisma seeds with runs as it is: %s',
  async (where) => {
    const command = `node "prisma/my seed.cjs" && echo done $GODWIT_DATABASE_URL`
    const { project, logged, database } = await projectOf(
      {
        'prisma/my seed.cjs': 'console.log("seeding")',
        'prisma/migrations/': '',
        ...(where === 'package.json'
          ? { 'package.json': JSON.stringify({ prisma: { seed: command } }) }
          : { 'prisma.config.ts': `export default { migrations: { seed: ${JSON.stringify(command)} } }` }),
      },
      { format: 'prisma' },
    )
    expect((await project.seed()).error).toBeUndefined()
    expect(logged).toEqual(['seeding', `done ${database.url}`])
  },
)

test('a stop reaches the program', async () => {
  const { cwd, database } = await projectOf({
    'seeds/slow.ts': `async function main() {
  process.on('SIGINT', () => { require('node:fs').writeFileSync('stopped', ''); process.exit(130) })
  console.log('started')
  setInterval(() => {}, 1000)
}
main()`,
  })
  const bin = fileURLToPath(new URL('../../bin/godwit.js', import.meta.url))
  const child = spawn(process.execPath, [bin, 'seed', '--json', '--database-url', database.url], { cwd })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (text) => {
    output += text
  })
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (text) => {
      if (String(text).includes('started')) resolve()
    })
  })
  child.kill('SIGINT')
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(130)
  expect(existsSync(join(cwd, 'stopped'))).toBe(true)
  expect(JSON.parse(output)).toMatchObject({ error: { code: 'GODWIT_INTERRUPTED' } })
})

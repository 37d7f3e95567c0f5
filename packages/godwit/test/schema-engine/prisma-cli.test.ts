import { spawn } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Outcome, start } from '../cli/run-cli.js'
import { createDatabase } from '../support/database.js'

const example = fileURLToPath(new URL('../../../../examples/enxero-platform', import.meta.url))
const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url))
const prismaCli = join(modules, 'prisma/build/index.js')

/** What would be downloaded comes from nowhere. */
const offline = {
  PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  NO_COLOR: '1',
}

let hasScript = false
beforeAll(async () => {
  hasScript = (await ended(spawn('script', ['-qec', 'true', '/dev/null']))).code === 0
})

/** The example in a folder of its own, on a database of its own. */
async function project() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-prisma-cli-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(example, folder, { recursive: true, filter: (path) => !path.includes('.godwit') })
  symlinkSync(modules, join(folder, 'node_modules'), 'junction')
  const database = await createDatabase()
  const { url } = database
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, DATABASE_URL: url, ...offline }
  const schema = join(folder, 'prisma/schema.prisma')
  return {
    prisma: (...args: string[]) => ended(spawn(process.execPath, [prismaCli, ...args], { cwd: folder, env })),
    onTerminal: (command: string) => ended(spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env })),
    godwit: async (...args: string[]) => {
      const { ended, child } = start(folder, { DATABASE_URL: url }, args)
      // The engine gives its work a minute, which must not be waited for.
      const late = setTimeout(() => child.kill('SIGKILL'), 50_000)
      return ended.finally(() => clearTimeout(late))
    },
    migrations: () => readdirSync(join(folder, 'prisma/migrations')).filter((name) => !name.endsWith('.toml')),
    schema: () => readFileSync(schema, 'utf8'),
    put: (name: string, text: string) => writeFileSync(join(folder, name), text),
    database,
    change: (edit: (text: string) => string) => writeFileSync(schema, edit(readFileSync(schema, 'utf8'))),
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<Outcome> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => {
    stdout += piece
  })
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    stderr += piece
  })
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, stdout, stderr }))
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const withField = (line: string) => (text: string) => text.replace('  isActive ', `${line}\n  isActive `)

describe('the real program of Prisma 7, with nothing downloaded', () => {
  test('it and Godwit take turns on one history', async () => {
    const { prisma, godwit, change, migrations, onTerminal } = await project()
    const deployed = await prisma('migrate', 'deploy')
    expect(deployed.stdout).toContain('All migrations have been successfully applied.')
    expect((await godwit('status')).stdout).toContain('1 applied')

    change(withField('  nick String?'))
    expect(
      (
        await prisma(
          'migrate',
          'diff',
          '--from-config-datasource',
          '--to-schema',
          'prisma/schema.prisma',
          '--exit-code',
        )
      ).code,
    ).toBe(2)
    expect(await godwit('dev', 'add-nick')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 migration applied'),
    })
    expect((await prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!')

    change(withField('  city String?'))
    if (hasScript) {
      const developed = await onTerminal(`${process.execPath} ${prismaCli} migrate dev --name add-city`)
      expect(developed.stdout).toContain('Your database is now in sync with your schema.')
      expect(migrations().at(-1)).toMatch(/_add_city$/)
    } else expect((await godwit('dev', 'add-city')).code).toBe(0)
    expect((await godwit('status', '--check')).code).toBe(0)
    expect((await godwit('generate', 'nothing')).code).toBe(4)
    expect(
      (
        await prisma(
          'migrate',
          'diff',
          '--from-migrations',
          'prisma/migrations',
          '--to-schema',
          'prisma/schema.prisma',
          '--exit-code',
        )
      ).code,
    ).toBe(0)

    const reset = await prisma('migrate', 'reset', '--force')
    expect(reset.stdout).toContain('Database reset successful')
    expect((await godwit('status')).stdout).toContain('3 applied')
  }, 180_000)

  test('migrate dev applies what is pending, and writes what is lacking behind it', async ({ skip }) => {
    if (!hasScript) skip()
    const { prisma, godwit, change, migrations, onTerminal, database } = await project()
    change(withField('  nick String?'))
    expect((await godwit('generate', 'add-nick')).code).toBe(0)
    await prisma('migrate', 'deploy')
    await database.query(
      `ALTER TABLE users DROP COLUMN nick; DELETE FROM _prisma_migrations WHERE migration_name ~ 'nick'`,
    )
    change(withField('  city String?'))
    const developed = await onTerminal(`${process.execPath} ${prismaCli} migrate dev --name add-city`)
    expect(developed.stdout).toContain('Your database is now in sync with your schema.')
    expect(migrations().at(-1)).toMatch(/_add_city$/)
    expect((await godwit('status')).stdout).toContain('3 applied')
  }, 180_000)

  test('pull, generate, execute, resolve', async () => {
    const { prisma, schema, change } = await project()
    expect((await prisma('db', 'pull', '--print')).stderr).toContain('P4001')
    await prisma('migrate', 'deploy')
    expect((await prisma('db', 'pull', '--print')).stdout).toContain('model RefreshToken {')
    const before = schema()
    expect(before).toContain('/// A customer of the platform.')
    change((text) => text.replace('provider = "prisma-client-js"', 'provider = "prisma-client"\n  output = "../made"'))
    expect((await prisma('generate')).stdout).toContain('Generated Prisma Client')
    const unknown = await prisma('migrate', 'resolve', '--rolled-back', 'nothing')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('P3011')])
  }, 120_000)

  test('external tables and initShadowDb of the config are honoured', async () => {
    const { prisma, godwit, put, change, database } = await project()
    const theirs = 'CREATE SCHEMA auth; CREATE TABLE auth.accounts (id int PRIMARY KEY);'
    await database.query(theirs)
    put(
      'prisma.config.ts',
      `process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= 'node_modules/.bin/godwit-schema-engine'
export default {
  experimental: { externalTables: true },
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', initShadowDb: ${JSON.stringify(theirs)} },
  tables: { external: ['auth.accounts'] },
  datasource: { url: process.env.DATABASE_URL ?? '' },
}\n`,
    )
    change(
      (text) =>
        `${text.replace(/^(model|enum) (\w+) \{([^}]*)\}/gm, '$1 $2 {$3\n  @@schema("public")\n}').replace('provider = "postgresql"', 'provider = "postgresql"\n  schemas = ["public", "auth"]')}
model accounts {\n  id Int @id\n  members Member[]\n  @@schema("auth")\n}
model Member {\n  id Int @id\n  accountId Int\n  account accounts @relation(fields: [accountId], references: [id])\n  @@schema("public")\n}\n`,
    )
    const generated = await godwit('generate', 'add-members')
    expect([generated.stderr, generated.code]).toEqual(['', 0])
    expect((await godwit('up')).code).toBe(0)
    const diff = await prisma(
      ...['migrate', 'diff', '--from-migrations', 'prisma/migrations'],
      ...['--to-schema', 'prisma/schema.prisma', '--exit-code', '--script'],
    )
    expect([diff.stdout, diff.code]).toEqual([expect.stringContaining('empty migration'), 0])
    expect((await prisma('migrate', 'status')).stdout).toContain('Database schema is up to date!')
    expect((await godwit('generate', 'nothing')).code).toBe(4)
  }, 120_000)

  test('a server that is not there is told with the code that Prisma knows', async () => {
    const { PATH = '', HOME = '' } = process.env
    const cwd = realpathSync(tmpdir())
    const engine = join(modules, '.bin/godwit-schema-engine')
    const args = ['--datasource', '{"url":"postgres://a:b@127.0.0.1:9/c"}', 'cli', 'can-connect-to-database']
    const { code, stderr } = await ended(spawn(engine, args, { cwd, env: { PATH, HOME, NODE_PATH: modules } }))
    const line = stderr.trim().split('\n').at(-1) ?? ''
    expect([code, JSON.parse(line)]).toMatchObject([1, { level: 'ERROR', fields: { error_code: 'P1001' } }])
  })
})

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { GodwitError } from '../../src/errors.js'
import { loadPrismaConfig } from '../../src/formats/prisma/config-file.js'
import { type InitPlan, installPackages, planInit, writeInit } from '../../src/project/init.js'
import { type InitWish, initChoices, onlyChoice } from '../../src/project/init-choice.js'
import { loadProject } from '../../src/project/load.js'

test.each([
  ['prisma', { 'prisma/schema.prisma': '' }, {}],
  ['typeorm', { 'src/data-source.ts': '' }, { typeorm: { dataSource: 'src/data-source.ts' } }],
  ['node-pg-migrate', { 'package.json': '{"devDependencies":{"node-pg-migrate":"9"}}' }, {}],
  [
    'mongo',
    {
      'package.json': '{"dependencies":{"mongoose":"9"}}',
      'src/database/migrations/run-migrations.ts': 'const migrations = []',
    },
    { migrations: 'src/database/migrations/run-migrations.ts' },
  ],
  ['sql', { 'db/migrations/001_a.sql': 'SELECT 1' }, { migrations: 'db/migrations', database: undefined }],
])('a %s project is found, and its config is one that loads', async (format, files, config) => {
  const folder = project({ 'tsconfig.json': '{"include":["src"]}', ...files })
  const { plan } = await init(folder)
  expect(plan.files[0]?.name).toBe('godwit.config.ts')
  const loaded = await loadProject({ cwd: folder, env: {} })
  expect(loaded.config).toEqual({ format, ...config })
})

test.each([
  ['godwit.config.ts', { 'tsconfig.json': '{}' }],
  ['godwit.config.ts', { 'package.json': '{"devDependencies":{"typescript":"5"}}' }],
  ['godwit.config.js', { 'package.json': '{"type":"module"}' }],
  ['godwit.config.mjs', { 'package.json': '{}' }],
  ['godwit.config.js', {}],
])('the config is %s, and loads, in a project with %j', async (name, files) => {
  const folder = project(files)
  const { plan } = await init(folder, { format: 'sql' })
  expect(plan.files[0]?.name).toBe(name)
  expect((await loadProject({ cwd: folder, env: {} })).config).toEqual({
    format: 'sql',
    migrations: 'migrations',
    database: 'embedded',
  })
})

const prisma = (major: string) => ({
  'package.json': `{ "type": "module", "devDependencies": { "prisma": "${major}" } }`,
  'node_modules/prisma/package.json': `{ "version": "${major}.1.0", "exports": { "./config": "./config.js" }, "type": "module" }`,
  'node_modules/prisma/config.js': 'export const defineConfig = (config) => config',
})

test('Prisma 7 gets the config that it wants, which loads, and is told what its schema may not say', async () => {
  const schema = 'datasource db {\n  provider = "postgresql"\n  url = env("SHOP_URL")\n}\n'
  const folder = project({ ...prisma('7'), 'prisma/schema.prisma': schema, '.env': 'SHOP_URL=postgres://h/shop' })
  const { plan } = await init(folder)
  expect(plan.notes).toContain(
    "Prisma 7 wants the database's URL in prisma.config.ts, which takes it from SHOP_URL. Take url out of the datasource in the schema, which it refuses.",
  )
  vi.stubEnv('SHOP_URL', 'postgres://h/shop')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await loadPrismaConfig(join(folder, 'prisma.config.ts'))).toMatchObject({
    schema: join(folder, 'prisma/schema.prisma'),
    migrations: join(folder, 'prisma/migrations'),
    url: 'postgres://h/shop',
  })
})

test.each([
  ['another Prisma', { ...prisma('6'), 'prisma/schema.prisma': '' }],
  ['a config that is there', { ...prisma('7'), 'prisma/schema.prisma': '', '.config/prisma.ts': 'export default {}' }],
])('with %s no config of Prisma is written', async (_, files) => {
  const { plan } = await init(project(files))
  expect(plan.files.map(({ name }) => name)).not.toContain('prisma.config.ts')
})

test('scripts that exist and lines that are ignored stay as they are', async () => {
  const folder = project({
    'package.json': '{\n\t"scripts": {\n\t\t"migration:up": "mine"\n\t}\n}\n',
    '.gitignore': 'node_modules\r\n/.godwit',
    'prisma/schema.prisma': '',
  })
  const { plan } = await init(folder)
  expect(plan.scripts).toEqual({
    added: ['migration:status', 'migration:down', 'migration:create'],
    kept: ['migration:up'],
  })
  expect(read(folder, 'package.json')).toBe(
    '{\n\t"scripts": {\n\t\t"migration:up": "mine",\n\t\t"migration:status": "godwit status",\n\t\t"migration:down": "godwit down",\n\t\t"migration:create": "godwit create"\n\t}\n}\n',
  )
  expect(read(folder, '.gitignore')).toBe('node_modules\r\n/.godwit')
})

test('.gitignore is appended to in its own line endings', async () => {
  const folder = project({ '.gitignore': 'node_modules\r\ndist', 'prisma/schema.prisma': '' })
  await init(folder)
  expect(read(folder, '.gitignore')).toBe('node_modules\r\ndist\r\n.godwit/\r\n')
})

test('a config that exists is never written over, whatever its ending', async () => {
  const folder = project({ 'godwit.config.mjs': 'export default {}', 'prisma/schema.prisma': '' })
  const error = await refusal(init(folder))
  expect(error.code).toBe('GODWIT_FILE_EXISTS')
  expect(error.message).toContain('godwit.config.mjs')
  expect(existsSync(join(folder, '.gitignore'))).toBe(false)
})

test('a config that appears in between is not written over', async () => {
  const folder = project({ 'prisma/schema.prisma': '' })
  const plan = planInit({ folder, choice: onlyChoice(await initChoices(folder, {})), env: {} })
  writeFileSync(join(folder, plan.files[0]?.name ?? ''), 'theirs')
  expect((await refusal(writeInit(folder, plan))).code).toBe('GODWIT_FILE_EXISTS')
  expect(read(folder, plan.files[0]?.name ?? '')).toBe('theirs')
})

test('nothing here, and several things here, are told with what to type', async () => {
  const empty = await refusal(init(project({})))
  expect([empty.code, empty.exitCode, empty.hint]).toEqual([
    'GODWIT_NO_PROJECT',
    2,
    'Start a new one: npx godwit init --format sql',
  ])
  const both = { 'prisma/schema.prisma': '', 'src/data-source.ts': '' }
  const several = await refusal(init(project(both)))
  expect(several.code).toBe('GODWIT_SEVERAL_PROJECTS')
  expect(several.exitCode).toBe(2)
  expect(several.message).toContain('prisma (prisma/schema.prisma), typeorm (src/data-source.ts)')
  expect(several.hint).toContain('--format typeorm')
  const { plan } = await init(project(both), { format: 'typeorm' })
  expect(plan.files[0]?.content).toContain("typeorm: { dataSource: 'src/data-source.ts' }")
})

test('a format that does not exist gets the nearest one', async () => {
  const error = await refusal(init(project({}), { format: 'typorm' }))
  expect(error.code).toBe('GODWIT_USAGE')
  expect(error.message).toContain("did you mean 'typeorm'?")
})

test.each([
  ['dbmate', 'db/migrations/20240101000000_a.sql', '-- migrate:up\nSELECT 1;\n-- migrate:down\n'],
  ['goose', 'migrations/00001_a.sql', '-- +goose Up\nSELECT 1;\n'],
  ['Supabase', 'supabase/migrations/20240101000000_a.sql', 'SELECT 1;'],
  ['Flyway', 'migrations/V1__a.sql', 'SELECT 1;'],
])('a folder of %s is recognised, and nothing is written', async (tool, file, content) => {
  const folder = project({ [file]: content })
  const error = await refusal(init(folder))
  expect(error.code).toBe('GODWIT_FOREIGN_FOLDER')
  expect(error.message).toContain(tool)
  expect(existsSync(join(folder, 'godwit.config.mjs'))).toBe(false)
})

test('the pairs of golang-migrate run, and what to do about its history is said', async () => {
  const folder = project({ 'migrations/000001_a.up.sql': 'SELECT 1', 'migrations/000001_a.down.sql': 'SELECT 1' })
  expect((await init(folder)).plan.notes.join()).toContain('golang-migrate')
})

test('for node-pg-migrate the difference in transactions is said', async () => {
  const folder = project({ 'package.json': '{"dependencies":{"node-pg-migrate":"9","pg":"8"}}' })
  const { plan } = await init(folder)
  expect(plan.notes[0]).toMatch(/transaction of its own.*one for the whole run/)
  expect(plan.packages).toEqual(['godwit'])
})

test('for Prisma the packages that generating needs are told, those that are missing', async () => {
  const text = '{"devDependencies":{"@prisma/driver-adapter-utils":"7","@electric-sql/pglite":"0.5"}}'
  const { plan } = await init(project({ 'package.json': text, 'prisma/schema.prisma': '' }))
  expect(plan.notes.join()).toMatch(/install -D @prisma\/schema-engine-wasm@7\.\S+ @prisma\/prisma-schema-wasm@7\.\S+$/)
})

test('for mongo the variable of the server is named where it is not set, and a URL with a password stays out of git', async () => {
  const note = /^Set MONGODB_URI, in the environment or in \.env/
  expect((await init(project({}), { format: 'mongo' })).plan.notes[0]).toMatch(note)
  const env = { MONGO_URL: 'mongodb://h/d' }
  expect((await init(project({}), { format: 'mongo' }, { env })).plan.notes).toEqual([])
  const open = project({})
  await init(open, { format: 'mongo' }, { database: 'mongodb://me@h:1,i:2/d' })
  expect(read(open, 'godwit.config.js')).toContain("database: 'mongodb://me@h:1,i:2/d'")
  const secret = project({})
  await init(secret, { format: 'mongo' }, { database: 'mongodb+srv://me:pw@h/d' })
  expect(read(secret, 'godwit.config.js')).toContain('process.env.DATABASE_URL')
  expect(read(secret, '.env')).toBe("DATABASE_URL='mongodb+srv://me:pw@h/d'\n")
})

test.each<[string, Record<string, string>, InitWish, string | undefined, string[]]>([
  ['sql on embedded', {}, { format: 'sql' }, undefined, ['godwit', 'pg', '@electric-sql/pglite']],
  ['sql on a server', {}, { format: 'sql' }, 'postgres://h/d', ['godwit', 'pg']],
  ['typeorm', {}, { format: 'typeorm' }, undefined, ['godwit', 'pg', 'typeorm', 'reflect-metadata']],
  ['what is there', { 'package.json': '{"dependencies":{"pg":"8"}}' }, { format: 'prisma' }, undefined, ['godwit']],
])('packages that are missing: %s', async (_, files, wish, database, packages) => {
  const { plan } = await init(project({ ...files, 'pnpm-lock.yaml': '' }), wish, { database })
  expect(plan.packages).toEqual(packages)
  expect(plan.install).toBe(`pnpm add -D ${packages.join(' ')}`)
})

test('a workspace may declare at its root; a folder without package.json of its own gets no scripts', async () => {
  const root = project({ 'package.json': '{"devDependencies":{"godwit":"1","pg":"8"}}', 'a/prisma/schema.prisma': '' })
  const { plan } = await init(join(root, 'a'))
  expect(plan.install).toBe(null)
  expect(plan.notes.join()).toContain('no npm scripts')
  expect(existsSync(join(root, 'a/package.json'))).toBe(false)
})

test('a URL with a password goes to .env, which git does not see; without one it may stand in the config', async () => {
  const url = "postgres://me:s%23c'ret@h/d?application_name=#1"
  const folder = project({})
  await init(folder, { format: 'sql' }, { database: url })
  expect(read(folder, 'godwit.config.js')).toContain('database: process.env.DATABASE_URL')
  expect(read(folder, '.gitignore')).toBe('.godwit/\n.env\n')
  expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600)
  const env: Record<string, string | undefined> = {}
  await loadProject({ cwd: folder, env })
  expect(env.DATABASE_URL).toBe(url)
  const other = project({})
  await init(other, { format: 'sql' }, { database: 'postgres://me@h/d' })
  expect(read(other, 'godwit.config.js')).toContain("database: 'postgres://me@h/d'")
  const known = project({ '.env': 'DATABASE_URL=postgres://other' })
  const { plan } = await init(known, { format: 'sql' }, { database: url })
  expect(read(known, '.env')).toBe('DATABASE_URL=postgres://other')
  expect(plan.notes.join()).toContain('was kept')
})

test('embedded is never chosen where something names a server, or migrations exist', async () => {
  const text = async (files: Record<string, string>, env = {}) =>
    (await init(project(files), { format: 'sql' }, { env })).plan.files[0]?.content
  expect(await text({})).toContain("'embedded'")
  expect(await text({}, { DATABASE_URL: 'postgres://h/d' })).toContain('process.env.DATABASE_URL')
  expect(await text({ '.env': 'DATABASE_URL=x' })).toContain('process.env.DATABASE_URL')
  expect(await text({ 'migrations/1_a.sql': 'SELECT 1' })).toContain('process.env.DATABASE_URL')
})

test('the variable itself can be asked for, also in an empty folder', async () => {
  const folder = project({})
  const { plan } = await init(folder, { format: 'sql' }, { database: 'DATABASE_URL' })
  expect(plan.files[0]?.content).toContain('database: process.env.DATABASE_URL')
  expect(plan.notes.join()).toContain('Set DATABASE_URL')
  expect(plan.packages).not.toContain('@electric-sql/pglite')
})

test('a URL that is none is refused before anything is written', async () => {
  const folder = project({})
  const wrong = init(folder, { format: 'sql' }, { database: 'mysql://h/d' })
  expect((await refusal(wrong)).code).toBe('GODWIT_UNSUPPORTED_DATABASE')
  expect(existsSync(join(folder, 'package.json'))).toBe(false)
})

test('a tsconfig that would compile the config too is told', async () => {
  const note = async (tsconfig: string) =>
    (await init(project({ 'tsconfig.json': tsconfig, 'prisma/schema.prisma': '' }))).plan.notes.join()
  expect(await note('{ "compilerOptions": { "outDir": "dist" } }')).toContain("'exclude'")
  expect(await note('{ "include": ["src"] }')).not.toContain("'exclude'")
  expect(await note('{ // none\n "files": [] }')).not.toContain("'exclude'")
})

test('a package.json that is no JSON is told, and nothing is written', async () => {
  const folder = project({ 'package.json': '{', 'prisma/schema.prisma': '' })
  expect((await refusal(init(folder))).code).toBe('GODWIT_FILE_UNREADABLE')
  expect(existsSync(join(folder, '.gitignore'))).toBe(false)
})

test('an install that fails names the command', async () => {
  const error = await refusal(installPackages(project({}), 'node -e process.exit(3)'))
  expect(error.code).toBe('GODWIT_INSTALL_FAILED')
  expect(error.message).toContain('code 3')
  expect((await refusal(installPackages(project({}), 'no-such-program add x'))).message).toContain('ENOENT')
})

async function init(
  folder: string,
  wish: InitWish = {},
  more: { database?: string | undefined; env?: Record<string, string> } = {},
): Promise<{ plan: InitPlan }> {
  const choice = onlyChoice(await initChoices(folder, wish))
  const plan = planInit({ folder, choice, database: more.database, env: more.env ?? {} })
  await writeInit(folder, plan)
  return { plan }
}

async function refusal(work: Promise<unknown>): Promise<GodwitError> {
  const outcome = await work.catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(Error)
  return outcome as GodwitError
}

function project(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-init-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

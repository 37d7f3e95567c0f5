import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { auth } from '../../../src/formats/templates/auth.js'
import { writePgm } from '../../../src/formats/templates/write-pgm.js'
import { openProject, type Project } from '../../../src/index.js'
import { readWholeCatalogue } from '../../support/catalogue.js'
import { createDatabase, type TestDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

const modules = dirname(dirname(createRequire(import.meta.url).resolve('pg/package.json')))
const orm = { 'src/data-source.ts': '', 'godwit.config.json': '' }

/** A project of one format on a database; the second word is how its migrations are written. */
async function emptyProject(format: string, language: string, database: TestDatabase): Promise<Project> {
  const section = format === 'typeorm' ? { typeorm: { language, dataSource: 'src/data-source.ts' } } : {}
  const pgm = { nodePgMigrate: { migrationFileLanguage: language } }
  const config = { format, ...section, ...(format === 'node-pg-migrate' ? pgm : {}) }
  const folder = await scratchFolder({
    ...(format === 'typeorm' ? { ...orm, 'src/data-source.ts': dataSource(database.url) } : {}),
    'package.json': '{ "name": "app" }',
    'tsconfig.json': '{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }',
    'godwit.config.json': JSON.stringify(config),
    ...(format === 'prisma' ? { 'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n' } : {}),
  })
  await symlink(modules, join(folder, 'node_modules'), 'dir')
  return openProject({ cwd: folder, databaseUrl: database.url, env: {} })
}

function dataSource(url: string): string {
  return `import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', url: '${url}', migrations: ['src/migrations/*{.ts,.js}'] })
`
}

/** The schema as the server prints it, and the rows it begins with; made and taken away and made again. */
async function madeBy(format: string, language: string, major: 15 | 18) {
  const database = await createDatabase(major)
  const project = await emptyProject(format, language, database)
  const catalogue = () => readWholeCatalogue((text) => database.query(text))
  const before = await catalogue()
  const { files } = await project.create('accounts', { template: 'auth' })
  expect(files[0]?.path).toMatch(new RegExp(`\\.${format === 'sql' || format === 'prisma' ? 'sql' : language}$`))
  expect((await project.up()).error).toBeUndefined()
  const made = await catalogue()
  const data = await rows(database)
  expect((await project.down()).error).toBeUndefined()
  expect(await catalogue()).toEqual(before)
  expect((await project.up()).error).toBeUndefined()
  expect(await catalogue()).toEqual(made)
  return { made, data }
}

const rows = (database: TestDatabase) =>
  database.query(`select r.name, r.description, array(select p.resource || ' ' || p.action || ' ' || p.description
      from role_permissions g join permissions p on p.id = g.permission_id where g.role_id = r.id order by 1) as may,
    (select count(*)::int from permissions) as permissions from roles r order by 1`)

const others = [
  ['node-pg-migrate', 'ts'],
  ['node-pg-migrate', 'js'],
  ['node-pg-migrate', 'mjs'],
  ['node-pg-migrate', 'sql'],
  ['typeorm', 'ts'],
  ['typeorm', 'js'],
  ['prisma', 'sql'],
] as const

test.each([15, 18] as const)(
  'every format makes the same of it, and takes it away: PostgreSQL %i',
  async (major) => {
    const expected = await madeBy('sql', 'sql', major)
    expect(expected.made.filter((line) => line.startsWith('relation')).map((line) => line.split(' ')[1])).toEqual([
      'public.password_reset_tokens',
      'public.permissions',
      'public.role_permissions',
      'public.roles',
      'public.tokens',
      'public.user_connections',
      'public.user_preferences',
      'public.user_profiles',
      'public.user_roles',
      'public.users',
    ])
    expect(expected.made.filter((line) => line.startsWith('trigger'))).toHaveLength(5)
    expect(expected.made).toContainEqual(expect.stringContaining('TOTP secret'))
    expect(expected.data).toMatchObject([
      { name: 'admin', permissions: 8, may: { length: 8 } },
      { name: 'moderator', may: [] },
      { name: 'user', may: [] },
    ])
    // One after the other: the machine that runs this may be a small one.
    for (const [format, language] of major === 18 ? others : others.slice(0, 1)) {
      expect(await madeBy(format, language, major), `${format}, ${language}`).toEqual(expected)
    }
  },
  120_000,
)

test.each([
  ['sql', 'sql'],
  ['node-pg-migrate', 'ts'],
  ['typeorm', 'ts'],
  ['prisma', 'sql'],
])('%s: a second time is refused and names the first', async (format, language) => {
  const database = { url: 'postgres://nobody@localhost:1/none' } as TestDatabase
  const project = await emptyProject(format, language, database)
  const { files } = await project.create('accounts', { template: 'auth' })
  const first = (files[0]?.path ?? '').slice(project.folder.length + 1)
  await expect(project.create('again', { template: 'auth' })).rejects.toMatchObject({
    code: 'GODWIT_TEMPLATE_USED',
    message: expect.stringContaining(first),
  })
  expect((await project.create('again')).files).not.toHaveLength(0)
})

test('the example is what the template writes', async () => {
  const example = join(
    import.meta.dirname,
    '../../../../../examples/auth-system/migrations/1736236800000_auth-system.ts',
  )
  expect(await readFile(example, 'utf8')).toBe(writePgm(auth, 'ts'))
})

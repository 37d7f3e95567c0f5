import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'
import { diff, openSchemaEngine } from './support/prisma.js'

const folder = new URL('../enxero-platform/prisma/', import.meta.url)
const first = '20250108090000_init'
const read = (file: string) => readFile(new URL(file, folder), 'utf8')

async function schema(file: string) {
  return { tag: 'schemaDatamodel' as const, files: [{ path: file, content: await read(file) }] }
}

/** A list of migrations as the engine wants it. */
async function migrations(names: string[]) {
  const migrationDirectories = names.map(async (name) => ({
    path: name,
    migrationFile: {
      path: 'migration.sql',
      content: { tag: 'ok' as const, value: await read(`migrations/${name}/migration.sql`) },
    },
  }))
  return {
    tag: 'migrations' as const,
    baseDir: 'prisma/migrations',
    lockfile: { path: 'migration_lock.toml', content: await read('migrations/migration_lock.toml') },
    migrationDirectories: await Promise.all(migrationDirectories),
    shadowDbInitScript: '',
  }
}

const openEngine = async () => openSchemaEngine(await createDatabase(), await createDatabase())

test('the first migration is the only one, and it is what Prisma writes for the schema', async () => {
  const folders = await readdir(new URL('migrations/', folder), { withFileTypes: true })
  expect(folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)).toEqual([first])

  const script = await diff(await openEngine(), await migrations([]), await schema('schema.prisma'))
  expect(await read(`migrations/${first}/migration.sql`)).toBe(script)
})

test('a database that ran the first migration has nothing left to change', async () => {
  const left = await diff(await openEngine(), await migrations([first]), await schema('schema.prisma'))
  expect(left.trim()).toBe('-- This is an empty migration.')
})

test('the updated schema adds what the second migration is documented to add, and removes nothing', async () => {
  const engine = await openEngine()
  const script = await diff(engine, await migrations([first]), await schema('schema-updated.prisma'))
  expect(script).not.toMatch(/\bDROP\b|ALTER COLUMN|RENAME/)

  const database = await createDatabase()
  await database.query(await read(`migrations/${first}/migration.sql`))
  const before = await readCatalogue(database, '_prisma_migrations')
  await database.query(script)
  const after = await readCatalogue(database, '_prisma_migrations')
  for (const kind of Object.keys(before) as (keyof typeof before)[]) {
    expect(after[kind]).toEqual(expect.arrayContaining(before[kind]))
  }
  const added = (kind: keyof typeof before) => after[kind].filter((line) => !before[kind].includes(line))
  expect(added('tables')).toEqual(['otps'])
  expect(added('enums')).toEqual([
    'CompanyStatus: PENDING_VERIFICATION, ACTIVE, SUSPENDED, CLOSED',
    'OtpStatus: PENDING, VERIFIED, EXPIRED, FAILED',
    'OtpType: PHONE_VERIFICATION, LOGIN, PASSWORD_RESET, TRANSACTION',
  ])
  expect(added('columns').filter((line) => !line.startsWith('otps.'))).toEqual([
    'companies.companyId character varying(30)',
    'companies.countryCode character varying(2)',
    'companies.phoneNumber character varying(20)',
    `companies.status character varying(30) not null default 'PENDING_VERIFICATION'::character varying`,
    'refresh_tokens.deviceId character varying(255)',
    'refresh_tokens.ipAddress character varying(45)',
    'refresh_tokens.revoked boolean not null default false',
    'refresh_tokens.revokedAt timestamp(3) without time zone',
    'refresh_tokens.userAgent character varying(500)',
    'users.phoneVerified boolean not null default false',
  ])
  const otp = added('columns').flatMap((line) => line.match(/^otps\.(\w+)/)?.[1] ?? [])
  expect(otp).toEqual([
    'attempts',
    'codeHash',
    'createdAt',
    'expiresAt',
    'id',
    'maxAttempts',
    'phoneNumber',
    'status',
    'type',
    'userId',
    'verifiedAt',
  ])
  expect(
    added('indexes')
      .map((line) => line.replace(/^CREATE (.*)INDEX "?(\w+)"? .*$/, '$1$2'))
      .sort(),
  ).toEqual([
    'UNIQUE companies_companyId_key',
    'UNIQUE users_phoneNumber_key',
    'companies_countryCode_idx',
    'companies_phoneNumber_idx',
    'companies_status_idx',
    'otps_expiresAt_idx',
    'otps_phoneNumber_type_status_idx',
    'otps_userId_idx',
    'users_phoneVerified_idx',
  ])
})

test('down.sql takes the first migration back, and it applies again', async () => {
  const database = await createDatabase()
  const up = await read(`migrations/${first}/migration.sql`)
  await database.query(up)
  const made = await readCatalogue(database, '_prisma_migrations')
  expect(made.tables).toEqual(['companies', 'refresh_tokens', 'users'])
  await database.query(await read(`migrations/${first}/down.sql`))
  expect(presentKinds(await readCatalogue(database, '_prisma_migrations'))).toEqual([])
  await database.query(up)
  expect(await readCatalogue(database, '_prisma_migrations')).toEqual(made)
})

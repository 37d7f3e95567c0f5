import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../packages/godwit/test/support/database.js'
import { type Clone, cloneOf } from './clone.js'

export const init = '20250108090000_init'
export const fix = '20250109090000_settle_shared_phone_numbers'
/** The document's name, as Prisma and Godwit write it into a folder's. */
export const extension = /^\d{14}_add_otp_and_company_extensions$/

/** The Enxero platform on a database of its own. */
export interface Platform {
  database: TestDatabase
  clone: Clone
}

/** Nothing is downloaded, nobody is asked whether there is something newer, and the studio opens no browser. */
export const offline = {
  PRISMA_ENGINES_MIRROR: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  CHECKPOINT_DISABLE: '1',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  BROWSER: 'none',
}

/** A fresh copy of the example, on the database it is given or an empty one. */
export async function platform(database?: TestDatabase, env: Record<string, string> = {}): Promise<Platform> {
  const own = database ?? (await createDatabase(15))
  return { database: own, clone: await copy({ DATABASE_URL: own.url, ...env }) }
}

function copy(env: Record<string, string>, shared = false): Promise<Clone> {
  return cloneOf('enxero-platform', { env: { ...offline, ...env }, copied: ['@prisma/client'], shared })
}

/** The starting point of the document: the first migration, with companies, users and tokens. Six users share three numbers. */
export async function filledPlatform(): Promise<Platform> {
  const made = await platform()
  await ran(made.clone, 'npx godwit up')
  await made.database.query(rows)
  return made
}

/** A copy for all tests of the file, with the whole change among its migrations and built; it has no database. */
export async function builtCopy(): Promise<Clone> {
  const clone = await copy({ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, true)
  await replaceSchema(clone)
  await generate(clone)
  await settlePhones(clone)
  await ran(clone, 'npx prisma generate')
  await ran(clone, 'npm run build')
  return clone
}

/** A database behind all migrations of a copy, filled ahead of the change. */
export async function databaseBehind(clone: Clone): Promise<TestDatabase> {
  const database = await createDatabase(15)
  for (const name of await migrations(clone)) {
    await database.query(await clone.read(`prisma/migrations/${name}/migration.sql`))
    if (name === init) await database.query(rows)
  }
  return database
}

const rows = `
  INSERT INTO companies (name, email) SELECT 'Company ' || i, 'hello@company' || i || '.example' FROM generate_series(1, 20) i;
  INSERT INTO users (email, "passwordHash", "firstName", "lastName", "phoneNumber", "companyId", "createdAt")
    SELECT 'user' || i || '@enxero.example', 'x', 'User', 'No ' || i,
      CASE WHEN i % 11 > 0 THEN '+2547000' || lpad((i % 497)::text, 5, '0') END,
      (SELECT id FROM companies WHERE name = 'Company ' || i % 25), timestamp '2024-01-01' + i * interval '1 hour'
    FROM generate_series(1, 500) i;
  INSERT INTO refresh_tokens ("tokenHash", "userId", "expiresAt")
    SELECT encode(sha256(id::text::bytea), 'hex'), id, '2030-01-01' FROM users WHERE "firstName" = 'User';`

/** Numbers of rows and hashes of what is in them, over the columns that the old schema has. */
export async function contents({ query }: TestDatabase): Promise<object[]> {
  return query(`
    SELECT 'companies' AS name, count(*)::int, md5(string_agg(c::text, '' ORDER BY id)) AS hash
      FROM (SELECT id, name, email, "createdAt", "updatedAt" FROM companies) c
    UNION ALL SELECT 'users', count(*)::int, md5(string_agg(u::text, '' ORDER BY id))
      FROM (SELECT id, email, "passwordHash", "firstName", "lastName", "isActive", "companyId", "createdAt", "updatedAt" FROM users) u
    UNION ALL SELECT 'refresh_tokens', count(*)::int, md5(string_agg(t::text, '' ORDER BY id))
      FROM (SELECT id, "tokenHash", "userId", "expiresAt", "createdAt" FROM refresh_tokens) t
    ORDER BY name`)
}

const own = 'SELECT id, "phoneNumber" AS number FROM users WHERE "phoneNumber" IS NOT NULL'

/** Which user has which number, with the numbers that were taken from users. */
export async function phoneNumbers({ query }: TestDatabase, released = false): Promise<object[]> {
  const kept = released ? 'UNION ALL SELECT "userId", "phoneNumber" FROM archive.released_phone_numbers' : ''
  return query(`SELECT count(*)::int, md5(string_agg(id || number, '' ORDER BY id)) AS hash FROM (${own} ${kept}) n`)
}

/** Runs a line that is to succeed; gives what it printed. */
export async function ran(clone: Clone, line: string): Promise<string> {
  const { code, out } = await clone.run(line)
  expect(code, `${line}\n${out}`).toBe(0)
  return out
}

/** Names of the migrations' folders. */
export async function migrations({ folder }: Clone): Promise<string[]> {
  const names = await readdir(join(folder, 'prisma/migrations'))
  return names.filter((name) => !name.endsWith('.toml')).sort()
}

/** Step 2 of the document. */
export async function replaceSchema(clone: Clone): Promise<void> {
  await ran(clone, 'cp prisma/schema.prisma prisma/schema-backup.prisma')
  await ran(clone, 'cp prisma/schema-updated.prisma prisma/schema.prisma')
}

/** Has Godwit write the migration, and adds what the Prisma schema cannot say. */
export async function generate(clone: Clone): Promise<void> {
  await ran(clone, 'npx godwit generate add-otp-and-company-extensions')
  await ran(
    clone,
    'tee -a prisma/migrations/*_add_otp_and_company_extensions/migration.sql < prisma/data-fixes/company-status-check.sql',
  )
}

/** Puts the data fix among the migrations. */
export const settlePhones = (clone: Clone) => ran(clone, `cp -r prisma/data-fixes/${fix} prisma/migrations/`)

/** The platform behind the whole change. */
export async function extendedPlatform(): Promise<Platform> {
  const made = await filledPlatform()
  await replaceSchema(made.clone)
  await generate(made.clone)
  await settlePhones(made.clone)
  await ran(made.clone, 'npx godwit up')
  return made
}

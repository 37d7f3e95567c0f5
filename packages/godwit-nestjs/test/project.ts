import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createDatabase, type TestDatabase } from '../../godwit/test/support/database.js'
import type { GodwitModuleOptions } from '../src/index.js'

/** A project of SQL files in a folder of its own, and an empty database for it. */
export interface TestProject {
  database: TestDatabase
  options: GodwitModuleOptions
  write: (file: string, sql: string) => Promise<void>
  /** Tables of the project, without its history. */
  tables: () => Promise<string[]>
  /** Schemas beside `public`. */
  schemas: () => Promise<string[]>
}

export async function makeProject(files: Record<string, string>): Promise<TestProject> {
  const cwd = await mkdtemp(join(tmpdir(), 'godwit-nestjs-'))
  onTestFinished(() => rm(cwd, { recursive: true, force: true }))
  const write = (file: string, sql: string) => writeFile(join(cwd, file), sql)
  await write('godwit.config.json', '{ "format": "sql", "migrations": "." }')
  for (const [file, sql] of Object.entries(files)) await write(file, sql)
  const database = await createDatabase()
  const list = async (sql: string) => (await database.query<{ name: string }>(sql)).map(({ name }) => name)
  return {
    database,
    options: { cwd, databaseUrl: database.url, env: {} },
    write,
    tables: () =>
      list(
        `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'godwit_migrations' order by 1`,
      ),
    schemas: () =>
      list(`select nspname as name from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$' order by 1`),
  }
}

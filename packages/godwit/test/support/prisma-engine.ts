import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  DriverAdapterError,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { loadEngineClass } from '../../src/formats/prisma/engine/packages.js'

/** Prisma's real schema engine on one database; what it does there is what `prisma migrate` does. */
export interface PrismaEngine {
  /** `prisma migrate deploy`; returns the names it applied. */
  apply: () => Promise<string[]>
  /** `prisma migrate resolve --applied`. */
  markApplied: (migrationName: string) => Promise<void>
  /** `prisma migrate resolve --rolled-back`. */
  markRolledBack: (migrationName: string) => Promise<void>
  /** The script that `prisma migrate dev` writes, from a shadow database of the engine's own; `null`: there is no difference. */
  createMigration: (schema: { path: string; content: string }[]) => Promise<string | null>
  /** What `prisma migrate status` looks at. */
  diagnose: () => ReturnType<SchemaEngine['diagnoseMigrationHistory']>
}

const filters = { externalTables: [], externalEnums: [] }

/** Opens the engine for the running test. `folder` is the one that holds `<name>/migration.sql`. */
export async function openPrismaEngine(url: string, folder: string, schema = 'public'): Promise<PrismaEngine> {
  // One process holds one engine: a second would take the memory of the first.
  const SchemaEngine = await loadEngineClass(process.cwd())
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  const factory = {
    provider: 'postgres' as const,
    adapterName: '@prisma/adapter-pg',
    connect: () => adapterOn(client, schema),
    connectToShadowDb: () => shadowAdapter(url),
  }
  const engine = await SchemaEngine.new(
    { datamodels: undefined },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  )
  // Each command of Prisma's CLI is a process, whose end frees the engine's lock.
  const asCommand = async <T>(work: (migrationsList: MigrationList) => Promise<T>): Promise<T> => {
    try {
      return await work(await readList(folder))
    } finally {
      await client.query('SELECT pg_advisory_unlock_all()')
    }
  }
  return {
    apply: () =>
      asCommand(
        async (migrationsList) => (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames,
      ),
    markApplied: (migrationName) =>
      asCommand(async (migrationsList) => void (await engine.markMigrationApplied({ migrationName, migrationsList }))),
    markRolledBack: (migrationName) =>
      asCommand(async () => void (await engine.markMigrationRolledBack({ migrationName }))),
    createMigration: (files) =>
      asCommand(async (migrationsList) => {
        await engine.devDiagnostic({ migrationsList, filters })
        const asked = { draft: false, migrationName: '', migrationsList, schema: { files }, filters }
        return (await engine.createMigration(asked)).migrationScript
      }),
    diagnose: () =>
      asCommand((migrationsList) =>
        engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters }),
      ),
  }
}

// The stock adapter splits scripts at every semicolon, and loses the advisory lock with its pool's connection.
async function adapterOn(client: pg.Client, schema: string): Promise<SqlDriverAdapter> {
  const adapter: SqlDriverAdapter = await new PrismaPg({}, { schema }).connect()
  // The engine reads types of its own catalogue queries that the stock adapter does not know: "char", which goes as text.
  let characters: number[] = []
  const withKnownTypes = {
    query: async (query: pg.QueryArrayConfig) => {
      const result = await client.query(query)
      characters = result.fields.flatMap(({ dataTypeID }, index) => (dataTypeID === 18 ? [index] : []))
      for (const index of characters) Object.assign(result.fields[index] as object, { dataTypeID: 25 })
      return result
    },
  }
  const queryRaw = adapter.queryRaw.bind(adapter)
  return Object.assign(adapter, {
    client: withKnownTypes,
    queryRaw: async (query: SqlQuery) => {
      const result = await queryRaw(query)
      for (const index of characters) result.columnTypes[index] = ColumnTypeEnum.Character
      return result
    },
    dispose: async () => {},
    executeScript: async (script: string) => {
      try {
        await client.query(script)
      } catch (error) {
        await client.query('ROLLBACK')
        throw scriptFailed(error as pg.DatabaseError)
      }
    },
  })
}

async function shadowAdapter(url: string): Promise<SqlDriverAdapter> {
  const name = `shadow_${randomBytes(6).toString('hex')}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name}`)
  const target = new URL(url)
  target.pathname = `/${name}`
  const client = new pg.Client({ connectionString: target.toString() })
  await client.connect()
  const dispose = async () => {
    await client.end()
    await admin.query(`DROP DATABASE ${name}`)
    await admin.end()
  }
  return Object.assign(await adapterOn(client, 'public'), { dispose })
}

function scriptFailed({ code, severity, message, detail, column, hint }: pg.DatabaseError): DriverAdapterError {
  return new DriverAdapterError({
    kind: 'postgres',
    code: code ?? 'N/A',
    severity: severity ?? 'N/A',
    message,
    detail,
    column,
    hint,
  })
}

async function readList(folder: string): Promise<MigrationList> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
  const names = entries.map((entry) => entry.name).sort()
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok' as const, value: await readFile(join(folder, path, 'migration.sql'), 'utf8') },
        },
      })),
    ),
  }
}

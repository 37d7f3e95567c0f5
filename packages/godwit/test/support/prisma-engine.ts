import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** Prisma's real schema engine on one database; what it does there is what `prisma migrate` does. */
export interface PrismaEngine {
  /** `prisma migrate deploy`; returns the names it applied. */
  apply: () => Promise<string[]>
  /** `prisma migrate resolve --applied`. */
  markApplied: (migrationName: string) => Promise<void>
  /** `prisma migrate resolve --rolled-back`. */
  markRolledBack: (migrationName: string) => Promise<void>
  /** What `prisma migrate status` looks at. */
  diagnose: () => ReturnType<SchemaEngine['diagnoseMigrationHistory']>
}

const filters = { externalTables: [], externalEnums: [] }
const require = createRequire(import.meta.url)

/** Opens the engine for the running test. `folder` is the one that holds `<name>/migration.sql`. */
export async function openPrismaEngine(url: string, folder: string, schema = 'public'): Promise<PrismaEngine> {
  const SchemaEngine = await loadEngine()
  const client = new pg.Client({ connectionString: url, options: `-c search_path=${schema}` })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end())
  const factory = {
    provider: 'postgres' as const,
    adapterName: '@prisma/adapter-pg',
    connect: () => adapterOn(client, schema),
    connectToShadowDb: () => Promise.reject(new Error('these tests need no shadow database')),
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
    diagnose: () =>
      asCommand((migrationsList) =>
        engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: false, filters }),
      ),
  }
}

interface Glue {
  SchemaEngine: typeof SchemaEngine
  __wbg_set_wasm: (exports: unknown) => void
}

/** What of WebAssembly is used here; its types come with the DOM's, which are not ours. */
interface Wasm {
  compile: (bytes: Buffer) => Promise<object>
  instantiate: (
    module: object,
    imports: Record<string, unknown>,
  ) => Promise<{ exports: { __wbindgen_start: () => void } }>
}

let loaded: Promise<typeof SchemaEngine> | undefined

function loadEngine(): Promise<typeof SchemaEngine> {
  loaded ??= (async () => {
    const glueFile = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    const glue = (await import(glueFile)) as Glue
    const { compile, instantiate } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
    const module = await compile(await readFile(glueFile.replace(/\.js$/, '.wasm')))
    const instance = await instantiate(module, { './schema_engine_bg.js': glue })
    glue.__wbg_set_wasm(instance.exports)
    instance.exports.__wbindgen_start()
    return glue.SchemaEngine
  })()
  return loaded
}

// The stock adapter splits scripts at every semicolon, and loses the advisory lock with its pool's connection.
async function adapterOn(client: pg.Client, schema: string): Promise<SqlDriverAdapter> {
  const adapter: SqlDriverAdapter = await new PrismaPg({}, { schema }).connect()
  const known = new Map([
    [18, 1042],
    [19, 25],
  ])
  const withKnownTypes = {
    query: async (query: pg.QueryArrayConfig) => {
      const result = await client.query(query)
      for (const field of result.fields) field.dataTypeID = known.get(field.dataTypeID) ?? field.dataTypeID
      return result
    },
  }
  return Object.assign(adapter, {
    client: withKnownTypes,
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

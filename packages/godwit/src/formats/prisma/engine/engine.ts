import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import type { SchemaFile } from '../schema-source.js'
import { engineFailure } from './engine-error.js'
import { type AdapterTools, loadAdapterTools, loadEngineClass } from './packages.js'

/** On which sessions an engine works. Both stay the caller's to close. */
export interface EngineSessions {
  main: (tools: AdapterTools) => Promise<SqlDriverAdapter> | SqlDriverAdapter
  shadow: (tools: AdapterTools) => Promise<SqlDriverAdapter> | SqlDriverAdapter
}

/** Tables and enums that the engine leaves alone. */
export interface Filters {
  externalTables: string[]
  externalEnums: string[]
}

/** No migrations at all: the engine then takes its shadow database as it stands. */
export const noMigrations: MigrationList = {
  baseDir: '/',
  lockfile: { path: 'migration_lock.toml', content: null },
  shadowDbInitScript: '',
  migrationDirectories: [],
}

/**
 * Opens Prisma's schema engine and works with it. It connects at once.
 *
 * @throws GODWIT_PRISMA_ENGINE for what it says, GODWIT_PEER_MISSING
 */
export async function withEngine<T>(
  projectDir: string,
  files: readonly SchemaFile[],
  sessions: EngineSessions,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const engine = await openEngine(projectDir, files, sessions)
  try {
    return await work(engine)
  } catch (error) {
    throw engineFailure(error)
  } finally {
    engine.free()
  }
}

/** The engine itself, for who frees it. @throws GODWIT_PRISMA_ENGINE, GODWIT_PEER_MISSING */
export async function openEngine(
  projectDir: string,
  files: readonly SchemaFile[],
  sessions: EngineSessions,
): Promise<SchemaEngine> {
  const Engine = await loadEngineClass(projectDir)
  const tools = await loadAdapterTools(projectDir)
  const factory = tools.bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: async () => sessions.main(tools),
    connectToShadowDb: async () => sessions.shadow(tools),
  })
  const named = files.map(({ path, content }): [string, string] => [path, content])
  // An empty list it takes for a mistake.
  const datamodels = named.length === 0 ? undefined : named
  try {
    return await Engine.new({ datamodels }, () => {}, factory)
  } catch (error) {
    throw engineFailure(error)
  }
}

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlQuery,
} from '@prisma/driver-adapter-utils'
import type { DiffTarget, SchemaEngine } from '@prisma/schema-engine-wasm'
import * as glue from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../../../packages/godwit/test/support/database.js'

/** `"char"`, which the engine's catalogue queries return and the adapter does not know, and `text`, which it does. */
const oid = { char: 18, text: 25 }

let loaded: Promise<typeof SchemaEngine> | undefined

/** Prisma's own schema engine on a test's databases; `shadow` is where it replays migrations. */
export async function openSchemaEngine(main: TestDatabase, shadow: TestDatabase): Promise<SchemaEngine> {
  loaded ??= loadEngine()
  const Engine = await loaded
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => openAdapter(main),
    connectToShadowDb: () => openAdapter(shadow),
  })
  return Engine.new({ datamodels: undefined }, () => {}, factory)
}

/** Once a process: the glue keeps the memory of the first instance. */
async function loadEngine(): Promise<typeof SchemaEngine> {
  const wasm = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm')
  const instance = new WebAssembly.Instance(new WebAssembly.Module(await readFile(wasm)), {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports as { __wbindgen_start: () => void }).__wbindgen_start()
  // Where the engine says why it died; without it a panic is a test that never ends.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => console.error(message) },
  })
  return glue.SchemaEngine
}

/** The SQL that leads from one state of a schema to another; `-- This is an empty migration.` when they are the same. */
export async function diff(engine: SchemaEngine, from: DiffTarget, to: DiffTarget): Promise<string> {
  const filters = { externalTables: [], externalEnums: [] }
  const result = await engine.diff({ from, to, script: true, exitCode: null, filters })
  return result.stdout ?? ''
}

/** Prisma's adapter, with scripts as one awaited message: its own splits them at every semicolon. */
async function openAdapter(database: TestDatabase): Promise<SqlDriverAdapter> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  const adapter = await new PrismaPg({ connectionString: database.url }).connect()
  const end = adapter.dispose.bind(adapter)
  let ended: Promise<unknown> | undefined
  adapter.dispose = async () => {
    ended ??= Promise.all([client.end(), end()])
    await ended
  }
  onTestFinished(() => adapter.dispose())
  adapter.executeScript = async (script) => {
    await client.query(script)
  }
  // The engine panics unless such columns come back as characters.
  const characters = new WeakMap<object, number[]>()
  const inner = adapter as unknown as {
    performIO: (query: SqlQuery) => Promise<{ fields: pg.FieldDef[]; rows: object }>
  }
  const performIO = inner.performIO.bind(adapter)
  inner.performIO = async (query) => {
    const result = await performIO(query)
    const found = [...result.fields.keys()].filter((index) => result.fields[index]?.dataTypeID === oid.char)
    for (const index of found) result.fields[index]!.dataTypeID = oid.text
    characters.set(result.rows, found)
    return result
  }
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query)
    for (const index of characters.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
  return adapter
}

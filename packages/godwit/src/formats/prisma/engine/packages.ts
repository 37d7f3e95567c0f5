import { readFile } from 'node:fs/promises'
import type * as DriverAdapterUtils from '@prisma/driver-adapter-utils'
import type * as PrismaSchemaWasm from '@prisma/prisma-schema-wasm'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { loadPeer, peerFile } from '../../../loading/peer.js'

/** The tag of Prisma's engines that Godwit was tried with; later ones are published as a whole Prisma, not each by itself. */
const TAG = '7.10.0-4.0edf323efd1d98336f3f0a68684b56f689b900d3'

/** Prisma's schema engine as WebAssembly and what it wants, at the versions that belong together. */
export const enginePackages = {
  '@prisma/schema-engine-wasm': TAG,
  '@prisma/prisma-schema-wasm': TAG,
  '@prisma/driver-adapter-utils': '7.10.0',
} as const

const install = Object.entries(enginePackages)
  .map(([name, version]) => `${name}@${version}`)
  .join(' ')

/** Prisma's own validator and formatter of schemas. */
export type SchemaTools = typeof PrismaSchemaWasm
export type AdapterTools = typeof DriverAdapterUtils
export type EngineClass = typeof SchemaEngine

/** @throws GODWIT_PEER_MISSING */
export function loadSchemaTools(projectDir: string): Promise<SchemaTools> {
  return loadPeer<SchemaTools>('@prisma/prisma-schema-wasm', {
    from: projectDir,
    install,
    why: 'reading a Prisma schema',
  })
}

/** @throws GODWIT_PEER_MISSING */
export function loadAdapterTools(projectDir: string): Promise<AdapterTools> {
  return loadPeer<AdapterTools>('@prisma/driver-adapter-utils', peer(projectDir))
}

interface Glue {
  SchemaEngine: EngineClass
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

const GLUE = '@prisma/schema-engine-wasm/schema_engine_bg'
const loaded = new Map<string, Promise<EngineClass>>()

/**
 * Prisma's schema engine, instantiated once a process.
 *
 * @throws GODWIT_PEER_MISSING with what to install
 */
export async function loadEngineClass(projectDir: string): Promise<EngineClass> {
  const glue = await loadPeer<Glue>(GLUE, peer(projectDir))
  const file = peerFile(GLUE, projectDir) as string
  const engine = loaded.get(file) ?? instantiate(glue, file)
  loaded.set(file, engine)
  return engine
}

async function instantiate(glue: Glue, file: string): Promise<EngineClass> {
  const { compile, instantiate } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly
  const module = await compile(await readFile(file.replace(/\.js$/, '.wasm')))
  const instance = await instantiate(module, { './schema_engine_bg.js': { ...glue, ...patient(glue) } })
  // Without it a panic of the engine's is a TypeError about this name.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: panicked } })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return glue.SchemaEngine
}

// The engine gives some of its work a minute, and never takes that back: the process would go on until it is over.
function patient(glue: Glue): Record<string, unknown> {
  const name = Object.keys(glue).find((each) => each.startsWith('__wbg_setTimeout_'))
  if (name === undefined) return {}
  return { [name]: (callback: () => void, ms: number) => setTimeout(callback, ms >>> 0).unref() }
}

function panicked(message: string): never {
  throw new Error(`Prisma's engine panicked: ${message}`)
}

function peer(projectDir: string) {
  return { from: projectDir, install, why: "Prisma's schema engine" }
}

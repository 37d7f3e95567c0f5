import { readFileSync } from 'node:fs'
import type { DiffParams, DiffTarget, EvaluateDataLossInput, SchemaEngine } from '@prisma/schema-engine-wasm'
import { openEngine } from '../formats/prisma/engine/engine.js'
import type { SchemaFile } from '../formats/prisma/schema-source.js'
import type { EngineArguments } from './arguments.js'
import { offlineSessions, type Sessions, serverSessions } from './databases.js'

/** Answers the requests of Prisma's CLI with the engine; connects when the first one needs it. */
export class EngineRequests {
  readonly #args: EngineArguments
  readonly #projectDir: string
  readonly #print: (text: string) => void
  readonly #opened = new Map<string, { engine: Promise<SchemaEngine>; sessions: Sessions }>()
  #hasApplied = false

  /** @param print shows text to people, as the engine asks Prisma's CLI to */
  constructor(args: EngineArguments, projectDir: string, print: (text: string) => void) {
    this.#args = args
    this.#projectDir = projectDir
    this.#print = print
  }

  /** @throws what the engine says, and what connecting does */
  async answer(method: string, params: unknown): Promise<unknown> {
    if (method === 'diff') return this.#diff(params as DiffParams)
    const engine = await this.#engine(this.#args.url)
    if (method === 'getDatabaseVersion') return engine.version(null)
    const methods = engine as unknown as Record<string, ((params: unknown) => Promise<unknown>) | undefined>
    const call = Object.hasOwn(Object.getPrototypeOf(engine) as object, method) ? methods[method] : undefined
    if (call === undefined) throw new Error(`The schema engine knows no ${method}.`)
    if (method === 'evaluateDataLoss' && this.#hasApplied) await this.#replay(engine, params as EvaluateDataLossInput)
    if (method === 'applyMigrations') this.#hasApplied = true
    return call.call(engine, params)
  }

  // As WebAssembly the engine replays on its shadow database for a diagnosis only, and keeps what it saw there: of the
  // migrations that were applied when `migrate dev` began.
  async #replay(engine: SchemaEngine, { migrationsList, filters }: EvaluateDataLossInput): Promise<void> {
    await engine.devDiagnostic({ migrationsList, filters })
    this.#hasApplied = false
  }

  /** Closes every session. */
  async close(): Promise<void> {
    for (const { sessions } of this.#opened.values()) await sessions.close()
  }

  // The engine prints the difference itself, and answers with the exit code.
  async #diff(params: DiffParams): Promise<{ exitCode: number; stdout: null }> {
    const named = [params.from, params.to].flatMap((target) => (target.tag === 'url' ? [target.url] : []))
    const live = [params.from, params.to].some((target) => target.tag === 'url' || target.tag === 'schemaDatasource')
    const engine = await this.#engine(live ? (named[0] ?? this.#args.url) : undefined)
    const found = await engine.diff({ ...params, from: connected(params.from), to: connected(params.to) })
    if (found.stdout !== null) this.#print(found.stdout)
    return { exitCode: found.exitCode, stdout: null }
  }

  #engine(url: string | undefined): Promise<SchemaEngine> {
    const key = url ?? ''
    const known = this.#opened.get(key)
    if (known !== undefined) return known.engine
    const sessions =
      url === undefined
        ? offlineSessions(this.#projectDir)
        : serverSessions(url, this.#args.shadowUrl, this.#projectDir)
    const engine = openEngine(this.#projectDir, this.#schema(), sessions)
    this.#opened.set(key, { engine, sessions })
    return engine
  }

  #schema(): SchemaFile[] {
    return this.#args.schemaFiles.map((path) => ({ path, content: readFileSync(path, 'utf8') }))
  }
}

// As WebAssembly the engine is connected already, and takes no URL.
function connected(target: DiffTarget): DiffTarget {
  if (target.tag !== 'url') return target
  const content = 'datasource db {\n  provider = "postgresql"\n}\n'
  return { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content }], configDir: process.cwd() }
}

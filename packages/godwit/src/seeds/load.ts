import { readFileSync } from 'node:fs'
import { basename, relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { EntityPlace } from '../formats/contract.js'
import { contentHash } from '../formats/files.js'
import { exportsOf, type LoadOptions, loadModule } from '../loading/load-module.js'
import { isTypeScript } from '../loading/module-kind.js'
import { isPlainModule } from '../loading/plain-module.js'
import { defineSeed, type FunctionSeed, isReference, isSeed, made, type RowsSeed, ref } from './definition.js'
import { hash } from './hash.js'
import { isScript } from './scripts.js'

interface Loaded {
  name: string
  /** Relative to the project. */
  file: string
  /** Of the file's content. */
  hash: string
  env: readonly string[] | undefined
  after: readonly string[]
}

/** Rows of a table or collection. */
export interface LoadedRows extends Loaded {
  kind: 'rows'
  place: string
  key: readonly string[]
  rows: RowsSeed['rows']
  onExisting: 'keep' | 'update'
}

/** Rows of an entity, through the ORM. */
export interface LoadedEntity extends Loaded {
  kind: 'entity'
  entity: unknown
  /** Where they go, once the ORM was asked. */
  at?: EntityPlace
  key: readonly string[]
  rows: RowsSeed['rows']
  onExisting: 'keep' | 'update'
}

/** A function. */
export interface LoadedFunction extends Loaded {
  kind: 'function'
  run: FunctionSeed['run']
}

/** A program that does its work when it is run. */
export interface LoadedScript extends Loaded {
  kind: 'script'
  /** A command line, as Prisma's `seed` has it; absent: the file is run. */
  command?: string
}

export type LoadedSeed = LoadedRows | LoadedEntity | LoadedFunction | LoadedScript

/** What most files of seeds take of Godwit. */
const GIVEN = { defineSeed, ref, made, hash }

/**
 * Imports the files of seeds and says what they hold: every export made by `defineSeed`, or a default function.
 *
 * @throws GODWIT_SEED_INVALID, GODWIT_SEED_TWICE, and what importing a file throws
 */
export async function loadSeeds(files: readonly string[], projectDir: string): Promise<LoadedSeed[]> {
  const seeds: LoadedSeed[] = []
  // A file that imports another one would have a second copy of it.
  const plain = files.every((path) => isPlainModule(path, Object.keys(GIVEN)))
  for (const path of files) seeds.push(...(await loadFile(path, { projectDir, given: plain ? GIVEN : undefined })))
  const byName = new Map<string, LoadedSeed>()
  for (const seed of seeds) {
    const other = byName.get(seed.name)
    if (other !== undefined)
      throw new GodwitError('GODWIT_SEED_TWICE', { name: seed.name, files: [other.file, seed.file] })
    byName.set(seed.name, seed)
  }
  return seeds
}

/** A program that the project's own configuration names. @param file absolute */
export function seedOfCommand({ command, file }: { command: string; file: string }, projectDir: string): LoadedScript {
  const hash = contentHash(readFileSync(file), isTypeScript(file) ? 'ts' : 'js')
  return { kind: 'script', name: 'seed', file: relative(projectDir, file), hash, command, env: undefined, after: [] }
}

async function loadFile(path: string, options: LoadOptions): Promise<LoadedSeed[]> {
  const { projectDir } = options
  const file = relative(projectDir, path)
  const fileHash = contentHash(readFileSync(path), isTypeScript(path) ? 'ts' : 'js')
  const byFile = basename(path)
    .replace(/\.[cm]?[jt]s$/, '')
    .replace(/^\d+[-_.]?(?=.)/, '')
  const context = { file, hash: fileHash }
  if (isScript(readFileSync(path, 'utf8')))
    return [{ kind: 'script', name: byFile, ...context, env: undefined, after: [] }]
  const exported = exportsOf(await loadModule(path, options))
  const found = Object.entries(exported).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isSeed).map((seed) => ({ name, seed })),
  )
  if (found.length > 0)
    return found.map(({ name, seed }) => {
      const usual = found.length === 1 ? byFile : (placeName(seed) ?? name)
      return read(seed, seed.name ?? usual, context)
    })
  const { default: byDefault, env, after, name } = exported as Record<string, unknown>
  const run = byDefault ?? onlyFunction(exported)
  if (typeof run !== 'function')
    throw invalid(file, 'it exports no seed: export default defineSeed({ … }), or a function')
  const said = { run, env, after, name } as unknown as FunctionSeed
  return [read(said, said.name ?? byFile, context)]
}

// `export async function main()`, as scripts have it that others may call too.
function onlyFunction(exported: Record<string, unknown>): unknown {
  const [only, ...more] = Object.entries(exported)
  if (only === undefined || more.length > 0 || (only[0] !== 'main' && only[0] !== 'seed')) return undefined
  return typeof only[1] === 'function' && only[1].length === 0 ? only[1] : undefined
}

function read(seed: RowsSeed | FunctionSeed, name: string, { file, hash }: { file: string; hash: string }): LoadedSeed {
  const loaded = {
    name,
    file,
    hash,
    env: strings(seed.env, 'env', file),
    after: strings(seed.after, 'after', file) ?? [],
  }
  if ('run' in seed) {
    if (typeof seed.run !== 'function') throw invalid(file, `${name}: 'run' must be a function`)
    return { kind: 'function', ...loaded, run: seed.run }
  }
  const { key, rows, onExisting = 'keep' } = seed
  const place = placeName(seed)
  const { entity } = seed as RowsSeed
  if (place === undefined && entity === undefined)
    throw invalid(file, `${name}: say where the rows go: table, collection or entity`)
  if (!Array.isArray(key) || key.length === 0 || key.some((column) => typeof column !== 'string'))
    throw invalid(file, `${name}: 'key' must be a list of columns, such as ['email']`)
  if (rows === undefined) throw invalid(file, `${name}: 'rows' is missing`)
  if (onExisting !== 'keep' && onExisting !== 'update')
    throw invalid(file, `${name}: 'onExisting' is ${JSON.stringify(onExisting)}: 'keep' or 'update'`)
  const named = Array.isArray(rows) ? referencesIn(rows) : []
  const all = { ...loaded, after: [...loaded.after, ...named], key, rows, onExisting }
  return place === undefined ? { kind: 'entity', ...all, entity } : { kind: 'rows', ...all, place }
}

function placeName(seed: RowsSeed | FunctionSeed): string | undefined {
  return 'run' in seed ? undefined : (seed.table ?? seed.collection)
}

// What rows point to is there before them, also where nobody said so.
function referencesIn(rows: readonly object[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const value of Object.values(Object(row))) if (isReference(value)) names.add(value.to)
  return [...names]
}

function strings(value: unknown, key: string, file: string): readonly string[] | undefined {
  if (value === undefined) return undefined
  const list = typeof value === 'string' ? [value] : value
  if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list
  throw invalid(file, `'${key}' must be a list of names`)
}

function invalid(file: string, reason: string): GodwitError {
  return new GodwitError('GODWIT_SEED_INVALID', { reason }, { file })
}

import { dirname, relative, resolve } from 'node:path'
import type { SeedBatch, SeedRow } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import { isMade, type RowTools, type SeedRows } from './definition.js'
import { FileFault } from './files/csv.js'
import { fileRows, isText } from './files/data-file.js'

/** Whose rows they are. */
export interface RowsOf {
  /** The seed's. */
  name: string
  /** Relative to the project. */
  file: string
  /** Absolute. */
  projectDir: string
  /** Sets of columns that are unique where the rows go. */
  unique: readonly (readonly string[])[]
  /** Rows of a batch. */
  atOnce: number
}

/** The file that a seed's rows stand in, absolute; `undefined`: they do not. */
export function dataFileOf(
  rows: SeedRows,
  { file, projectDir }: Pick<RowsOf, 'file' | 'projectDir'>,
): string | undefined {
  return typeof rows === 'string' ? resolve(projectDir, dirname(file), rows) : undefined
}

/**
 * Every kind of `rows` as batches; of a source that can go on for ever a batch at a time lies in memory.
 *
 * @throws GODWIT_SEED_ROW, GODWIT_SEED_INVALID, and what making the rows throws
 */
export async function* batchesOf(rows: SeedRows, tools: RowTools, of: RowsOf): AsyncIterable<SeedBatch> {
  const path = dataFileOf(rows, of)
  const text = path !== undefined && isText(path) ? { text: true as const } : {}
  const gathering = new Gathering(of)
  const source = path === undefined ? await made(rows, tools, of) : inFile(path, of)
  // To wait for each row would take as long as all that is done with it.
  if (Symbol.iterator in source) {
    for (const row of source) if (gathering.add(row)) yield { ...gathering.take(), ...text }
  } else for await (const row of source) if (gathering.add(row)) yield { ...gathering.take(), ...text }
  const last = gathering.take()
  if (last.rows.length > 0) yield { ...last, ...text }
}

class Gathering {
  readonly #of: RowsOf
  #first = 0
  #rows: SeedRow[] = []

  constructor(of: RowsOf) {
    this.#of = of
  }

  /** Whether there is a batch now. */
  add(row: unknown): boolean {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw faulty(this.#of, this.#first + this.#rows.length + 1, 'it is not an object')
    this.#rows.push(row as SeedRow)
    return this.#rows.length >= this.#of.atOnce
  }

  take(): SeedBatch {
    const batch = { first: this.#first, rows: this.#rows }
    this.#first += batch.rows.length
    this.#rows = []
    return batch
  }
}

async function made(rows: SeedRows, tools: RowTools, of: RowsOf): Promise<Iterable<unknown> | AsyncIterable<unknown>> {
  if (isMade(rows)) return (await import('./made/rows.js')).madeRows(rows, of)
  const source: unknown = typeof rows === 'function' ? await rows(tools) : rows
  if (typeof source === 'object' && source !== null && (Symbol.iterator in source || Symbol.asyncIterator in source))
    return source as Iterable<unknown>
  const reason = `${of.name}: 'rows' must be a list, something to iterate over, a function that gives one, or a file`
  throw new GodwitError('GODWIT_SEED_INVALID', { reason }, { file: of.file })
}

async function* inFile(path: string, of: RowsOf): AsyncIterable<SeedRow> {
  const shown = relative(of.projectDir, path)
  let rows = 0
  try {
    for await (const { row } of fileRows(path, shown)) {
      rows++
      yield row
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    throw faulty(of, rows + 1, error.message, { file: shown, line: error.line })
  }
}

function faulty(
  { name, file }: RowsOf,
  row: number,
  reason: string,
  place: { file: string; line?: number } = { file },
): GodwitError {
  return new GodwitError('GODWIT_SEED_ROW', { seed: name, row, key: undefined, reason }, { ...place, row })
}

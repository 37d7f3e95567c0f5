import { nearestTo } from '../../../engine/find-name.js'
import { GodwitError } from '../../../errors.js'
import { ident } from '../../../sql/quote.js'
import { rowFailed } from '../../seed-row.js'
import type { SeedRow, Upsert } from '../../seeding.js'
import type { Connection } from '../connection.js'
import { CopyIn } from '../copy.js'
import { asIs, type TextOf, textFor } from './copy-text.js'
import type { SeedColumn, SeedTable } from './table.js'

/** Of several kinds of rows this much is gathered before another COPY begins. */
const GATHER_CHARACTERS = 64 * 1024
/** The embedded database takes the data of one COPY as a whole. */
const EMBEDDED_CHARACTERS = 4 * 1024 * 1024

/** Rows that give the same columns, in a temporary table of their own. */
export interface Shape {
  columns: SeedColumn[]
  texts: TextOf[]
  /** Name of the temporary table; its column `godwit_row` is the row's number from 1. */
  stage: string
  gathered: string
  /** Of the rows that were gathered, or are in the COPY that is open: first number and how many. */
  runs: { first: number; rows: number }[]
}

/** Brings the rows of a seed into temporary tables, one for each set of columns that rows give. */
export class Stage {
  readonly #connection: Connection
  readonly #table: SeedTable
  readonly #upsert: Upsert
  readonly #byColumns = new Map<string, Shape>()
  readonly #columns: ReadonlyMap<string, SeedColumn>
  #open: { shape: Shape; copy: CopyIn; characters: number } | undefined
  #rows = 0

  constructor(connection: Connection, table: SeedTable, upsert: Upsert) {
    this.#connection = connection
    this.#table = table
    this.#upsert = upsert
    this.#columns = new Map(table.columns.map((column) => [column.name, column]))
  }

  /** Takes all rows in. @throws GODWIT_SEED_ROW */
  async fill(): Promise<{ shapes: Shape[]; rows: number }> {
    for await (const { first, rows, text } of this.#upsert.batches) {
      for (const [i, row] of rows.entries()) await this.#add(row, first + i + 1, text)
      this.#rows += rows.length
      this.#upsert.onRows?.(this.#rows)
    }
    for (const shape of this.#byColumns.values()) await this.#flush(shape)
    await this.#end()
    return { shapes: [...this.#byColumns.values()], rows: this.#rows }
  }

  async #add(row: SeedRow, number: number, text = false): Promise<void> {
    const names = Object.keys(row).filter((name) => row[name] !== undefined)
    const id = names.join('\0')
    const shape = this.#byColumns.get(id) ?? (await this.#newShape(names, id, row, number, text))
    let line = String(number)
    for (const [i, name] of names.entries()) {
      try {
        line += `\t${(shape.texts[i] as TextOf)(row[name])}`
      } catch (error) {
        throw rowFailed(this.#upsert, number, row, `${name}: ${(error as Error).message}`, error)
      }
    }
    shape.gathered += `${line}\n`
    const run = shape.runs.at(-1)
    if (run !== undefined && run.first + run.rows === number) run.rows++
    else shape.runs.push({ first: number, rows: 1 })
    if (shape.gathered.length >= GATHER_CHARACTERS) await this.#flush(shape)
  }

  async #newShape(names: readonly string[], id: string, row: SeedRow, number: number, text: boolean): Promise<Shape> {
    const columns = names.map((name) => {
      const column = this.#columns.get(name)
      if (column !== undefined && !column.generated) return column
      const nearest = nearestTo(name, [...this.#columns.keys()])
      const why =
        column !== undefined
          ? `the server computes ${name}`
          : `there is no column '${name}' in ${this.#table.name}${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`
      throw rowFailed(this.#upsert, number, row, why)
    })
    const missing = this.#upsert.key.filter((name) => !names.includes(name))
    if (missing.length > 0)
      throw rowFailed(this.#upsert, number, row, `it says nothing of its key ${missing.join(', ')}`)
    const stage = `godwit_seed_${this.#byColumns.size + 1}`
    const list = columns.map(({ name }) => ident(name)).join(', ')
    await this.#end()
    await this.#connection.send(
      `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS SELECT 0::bigint AS godwit_row, ${list} FROM ${this.#table.sql} WITH NO DATA`,
    )
    const shape = { columns, texts: columns.map(text ? () => asIs : textFor), stage, gathered: '', runs: [] }
    this.#byColumns.set(id, shape)
    return shape
  }

  async #flush(shape: Shape): Promise<void> {
    if (shape.gathered === '') return
    if (this.#open !== undefined && (this.#open.shape !== shape || this.#tooMuch)) await this.#end()
    this.#open ??= { shape, copy: new CopyIn(this.#connection, `COPY ${shape.stage} FROM STDIN`), characters: 0 }
    this.#open.characters += shape.gathered.length
    const { gathered } = shape
    shape.gathered = ''
    await this.#open.copy.write(gathered)
    if (this.#open.copy.failed) await this.#end()
  }

  get #tooMuch(): boolean {
    return this.#connection.embedded && (this.#open?.characters ?? 0) > EMBEDDED_CHARACTERS
  }

  async #end(): Promise<void> {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    try {
      await open.copy.end()
    } catch (error) {
      throw copyFailed(this.#upsert, open.shape, error)
    }
    open.shape.runs = open.shape.runs.slice(-1).flatMap((run) => (open.shape.gathered === '' ? [] : [run]))
  }
}

// `COPY godwit_seed_1, line 3, column age: "abc"`
function copyFailed(upsert: Upsert, shape: Shape, error: unknown): unknown {
  const { where } = error as { where?: string }
  const said = /, line (\d+)(?:, column ([^:]+))?/.exec(where ?? '')
  if (!(error instanceof Error) || said === null) return error
  let left = Number(said[1])
  const run = shape.runs.find(({ rows }) => {
    if (left <= rows) return true
    left -= rows
    return false
  })
  if (run === undefined) return error
  const column = said[2] === undefined ? '' : `${said[2]}: `
  return rowFailed(upsert, run.first + left - 1, undefined, `${column}${error.message}`, error)
}

/** @throws nothing; the error for a table that is not there */
export function noPlace({ seed, file, place }: Upsert): GodwitError {
  return new GodwitError('GODWIT_SEED_PLACE', { seed, place, documents: false, pending: 0 }, { file })
}

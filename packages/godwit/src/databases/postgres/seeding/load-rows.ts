import { rowFailed } from '../../seed-row.js'
import type { SeedBatch, SeedRow, Upsert } from '../../seeding.js'
import type { Connection } from '../connection.js'
import { CopyIn } from '../copy.js'
import { BufferPool, PIECE_BYTES } from './lines.js'
import type { Segment } from './segment.js'
import { type Piece, type Shape, UnwritableRow } from './shape.js'
import { Shapes } from './shapes.js'
import type { SeedTable } from './table.js'
import type { SeedWork } from './work.js'

/** One COPY takes this much: what it carries lies in memory until the server has said that it is well. */
const SEGMENT_BYTES = 2 * 1024 * 1024

/** Where rows are loaded to. */
export interface Destination {
  /** Each line begins with the row's number. */
  numbered: boolean
  /** Name of the temporary table for a new shape. */
  stage: () => string
  /** Told of a new shape before its first row is sent. */
  prepare: (shape: Shape) => Promise<void>
  /** The COPY of a shape. */
  copy: (shape: Shape) => string
  /** The server has taken it. */
  loaded: (segment: Segment) => Promise<void>
  /** The server has not; what is thrown comes back. */
  failed: (segment: Segment, error: unknown) => Promise<unknown>
}

/**
 * Sends all rows of a seed by COPY, each shape by its own. Memory stays flat.
 *
 * @returns the shapes there were, and how many rows
 * @throws GodwitError GODWIT_SEED_ROW
 */
export async function loadRows(
  work: SeedWork,
  table: SeedTable,
  upsert: Upsert,
  destination: Destination,
): Promise<{ shapes: Shape[]; rows: number }> {
  const loading = new Loading(work.session.connection, table, upsert, destination)
  work.pause = () => loading.pause()
  let rows = 0
  try {
    for await (const batch of upsert.batches) {
      await loading.take(batch)
      rows += batch.rows.length
      upsert.onRows?.(rows)
    }
    return { shapes: await loading.end(), rows }
  } catch (error) {
    await loading.abandon()
    throw error
  } finally {
    work.pause = undefined
  }
}

class Loading {
  readonly #connection: Connection
  readonly #upsert: Upsert
  readonly #destination: Destination
  readonly #pool = new BufferPool()
  readonly #shapes: Shapes
  #shape: Shape | undefined
  #open: { segment: Segment; copy: CopyIn } | undefined

  constructor(connection: Connection, table: SeedTable, upsert: Upsert, destination: Destination) {
    this.#connection = connection
    this.#upsert = upsert
    this.#destination = destination
    const { stage, numbered } = destination
    this.#shapes = new Shapes(table, upsert, { stage, numbered, pool: this.#pool })
  }

  async take({ rows, first, ...batch }: SeedBatch): Promise<void> {
    const text = batch.text === true
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as SeedRow
      const number = first + i + 1
      let shape = this.#shape
      if (shape === undefined || shape.text !== text || !shape.fits(row)) shape = await this.#shapeOf(row, number, text)
      this.#shape = shape
      this.#add(shape, row, number)
      if (shape.gathered >= PIECE_BYTES) await this.#send(shape)
    }
  }

  async end(): Promise<Shape[]> {
    for (const shape of this.#shapes.all) if (shape.gathered > 0) await this.#send(shape)
    await this.pause()
    return this.#shapes.all
  }

  /** Ends the COPY under way, so that the session can be asked something. @throws GODWIT_SEED_ROW */
  async pause(): Promise<void> {
    const open = this.#open
    if (open === undefined) return
    this.#open = undefined
    try {
      await open.copy.end()
    } catch (error) {
      throw this.#connection.lost === undefined ? await this.#destination.failed(open.segment, error) : error
    }
    await this.#destination.loaded(open.segment)
    for (const { text } of open.segment.pieces) this.#pool.give(text)
  }

  /** Ends it where something else has failed: it will be rolled back. */
  async abandon(): Promise<void> {
    await this.#open?.copy.end().catch(() => {})
    this.#open = undefined
  }

  #add(shape: Shape, row: SeedRow, number: number): void {
    try {
      shape.add(row, number)
    } catch (error) {
      throw this.#unwritable(error, number, row)
    }
  }

  #unwritable(error: unknown, number: number, row: SeedRow | undefined): unknown {
    if (!(error instanceof UnwritableRow)) return error
    const values = error.number === undefined || error.number === number ? row : undefined
    return rowFailed(this.#upsert, error.number ?? number, values, error.message, error.cause)
  }

  async #shapeOf(row: SeedRow, number: number, text: boolean): Promise<Shape> {
    const { shape, isNew } = this.#shapes.of(row, number, text)
    if (isNew) {
      await this.pause()
      await this.#destination.prepare(shape)
    }
    return shape
  }

  #taken(shape: Shape): Piece {
    try {
      return shape.take()
    } catch (error) {
      throw this.#unwritable(error, Number.NaN, undefined)
    }
  }

  async #send(shape: Shape): Promise<void> {
    if (this.#open !== undefined && this.#open.segment.shape !== shape) await this.pause()
    this.#open ??= {
      segment: { shape, pieces: [], bytes: 0 },
      copy: new CopyIn(this.#connection, this.#destination.copy(shape)),
    }
    const { segment, copy } = this.#open
    const piece = this.#taken(shape)
    segment.pieces.push(piece)
    segment.bytes += piece.text.length
    await copy.writeBytes(piece.text)
    if (copy.failed || segment.bytes >= SEGMENT_BYTES) await this.pause()
  }
}

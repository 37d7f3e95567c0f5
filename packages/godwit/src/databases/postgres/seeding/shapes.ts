import { nearestTo } from '../../../engine/find-name.js'
import { rowFailed } from '../../seed-row.js'
import type { SeedRow, Upsert } from '../../seeding.js'
import type { BufferPool } from './lines.js'
import { Shape } from './shape.js'
import type { SeedColumn, SeedTable } from './table.js'

/** The shapes that rows of a seed have. */
export class Shapes {
  readonly #table: SeedTable
  readonly #upsert: Upsert
  readonly #as: { stage: () => string; numbered: boolean; pool: BufferPool }
  readonly #columns: ReadonlyMap<string, SeedColumn>
  readonly #known = new Map<string, Shape>()

  constructor(table: SeedTable, upsert: Upsert, as: { stage: () => string; numbered: boolean; pool: BufferPool }) {
    this.#table = table
    this.#upsert = upsert
    this.#as = as
    this.#columns = new Map(table.columns.map((column) => [column.name, column]))
  }

  /** In the order in which they were met. */
  get all(): Shape[] {
    return [...this.#known.values()]
  }

  /**
   * The shape of a row.
   *
   * @param text its values are text already
   * @throws GodwitError GODWIT_SEED_ROW when the table cannot take such a row
   */
  of(row: SeedRow, number: number, text: boolean): { shape: Shape; isNew: boolean } {
    const names = Object.keys(row).filter((name) => row[name] !== undefined)
    const id = JSON.stringify([text, ...[...names].sort()])
    const known = this.#known.get(id)
    if (known !== undefined) return { shape: known, isNew: false }
    const columns = names.map((name) => {
      const column = this.#columns.get(name)
      if (column !== undefined && !column.generated) return column
      throw rowFailed(this.#upsert, number, row, this.#notGiven(name, column))
    })
    const { key } = this.#upsert
    const missing = key.filter((name) => !names.includes(name))
    if (missing.length > 0)
      throw rowFailed(this.#upsert, number, row, `it says nothing of its key ${missing.join(', ')}`)
    const { stage, numbered, pool } = this.#as
    const shape = new Shape(columns, { key, stage: stage(), numbered, text, pool })
    this.#known.set(id, shape)
    return { shape, isNew: true }
  }

  #notGiven(name: string, column: SeedColumn | undefined): string {
    if (column !== undefined) return `the server computes ${name}`
    const nearest = nearestTo(name, [...this.#columns.keys()])
    const mean = nearest === undefined ? '' : `; did you mean '${nearest}'?`
    return `there is no column '${name}' in ${this.#table.name}${mean}`
  }
}

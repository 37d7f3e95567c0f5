import type { SeedRow } from '../../../databases/seeding.js'
import { GodwitError } from '../../../errors.js'
import type { FoundEntity } from '../../contract.js'
import { delegateOf, type FieldShape, type ModelShape, modelNamed, type PrismaClient } from './shapes.js'
import { isSame, taken } from './values.js'

/** Rows of one model, through a client. */
export class ModelRows {
  readonly #client: PrismaClient
  readonly #name: string
  readonly #shape: ModelShape

  constructor(client: PrismaClient, model: unknown) {
    const found = modelNamed(client, model)
    if (found === undefined) throw new GodwitError('GODWIT_BUG', { what: 'rows of a model that nobody described' })
    this.#client = client
    this.#name = found.name
    this.#shape = found.shape
  }

  async find(where: SeedRow): Promise<FoundEntity | undefined> {
    const data = this.#data(where)
    const there = await this.#do((rows) => rows.findFirst({ where: data }))
    if (there === null) return undefined
    return {
      valueOf: (property) => there[property],
      differing: (row) => this.#differing(this.#data(row), there, data),
      update: (row, properties) => this.#update(data, this.#data(only(row, properties))),
    }
  }

  async insert(row: SeedRow): Promise<void> {
    await this.#do((rows) => rows.create({ data: this.#data(row) }))
  }

  async #update(where: SeedRow, data: SeedRow): Promise<void> {
    const names = Object.keys(where)
    const nested = Object.keys(data).some((name) => this.#fieldOf(name)?.kind === 'object')
    // Prisma calls a key of several fields by their names, unless the schema gives it one of its own.
    const unique = names.length === 1 ? where : { [names.join('_')]: where }
    if (names.length > 1 && !nested) await this.#do((rows) => rows.updateMany({ where, data }))
    else await this.#do((rows) => rows.update({ where: unique, data }))
  }

  async #differing(row: SeedRow, there: SeedRow, where: SeedRow): Promise<string[]> {
    const differing: string[] = []
    for (const [name, value] of Object.entries(row)) {
      const field = this.#fieldOf(name)
      if (field === undefined) differing.push(name)
      else if (field.kind === 'object') {
        if (!(await this.#isConnected(name, value, where))) differing.push(name)
      } else if (!isSame(field, value, there[name])) differing.push(name)
    }
    return differing
  }

  // Of what a relation may say only `connect` can be compared; what it creates it creates with the row.
  async #isConnected(name: string, value: unknown, where: SeedRow): Promise<boolean> {
    const { connect } = Object(value) as { connect?: unknown }
    if (connect === undefined || Array.isArray(connect)) return true
    return (await this.#do((rows) => rows.findFirst({ where: { AND: [where, { [name]: { is: connect } }] } }))) !== null
  }

  #data(row: SeedRow): SeedRow {
    const given = Object.entries(row).filter(([, value]) => value !== undefined)
    return Object.fromEntries(
      given.map(([name, value]) => {
        const field = this.#fieldOf(name)
        if (field === undefined) return [name, value]
        return [name, field.kind === 'object' ? this.#related(field, value) : taken(field, value)]
      }),
    )
  }

  // A relation may be given as the id of the other row.
  #related({ type }: FieldShape, value: unknown): unknown {
    if (value === null || typeof value === 'object') return value
    const id = modelNamed(this.#client, type)?.shape.fields.find(({ name }) => name === 'id')
    return { connect: { id: id === undefined ? value : taken(id, value) } }
  }

  #fieldOf(name: string): FieldShape | undefined {
    return this.#shape.fields.find((field) => field.name === name)
  }

  // What Prisma says of a failure ends with the reason; before it stand the call and all of its values.
  async #do<T>(work: (rows: ReturnType<typeof delegateOf>) => Promise<T>): Promise<T> {
    try {
      return await work(delegateOf(this.#client, this.#name))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const lines = error.message.split('\n').filter((line) => line.trim() !== '')
      throw new Error(lines.at(-1)?.trim() ?? error.message, { cause: error })
    }
  }
}

function only(row: SeedRow, names: readonly string[]): SeedRow {
  return Object.fromEntries(names.map((name) => [name, row[name]]))
}

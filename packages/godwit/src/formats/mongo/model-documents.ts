import type { Collection, Document } from 'mongodb'
import type { SeedRow } from '../../databases/seeding.js'
import { nearestTo } from '../../engine/find-name.js'
import type { FoundEntity } from '../contract.js'

/** The part of a mongoose model that is used here, as versions 8 and 9 have it. */
export interface MongooseModel {
  new (values: object): MongooseDocument
  modelName: string
  collection: Pick<Collection, 'collectionName' | 'findOne'>
  schema: { pathType: (path: string) => string; paths: object; options: { strict?: unknown } }
  hydrate: (raw: Document) => MongooseDocument
  findOne: (where: object) => { cast: (model: MongooseModel) => Document }
}

interface MongooseDocument {
  get: (path: string) => unknown
  set: (values: object) => unknown
  save: (options: { session?: MongooseSession | undefined }) => Promise<unknown>
  toObject: (options: object) => Record<string, unknown>
}

/** A session of mongoose's own client. */
export interface MongooseSession {
  startTransaction: (options: object) => void
  commitTransaction: () => Promise<void>
  abortTransaction: () => Promise<void>
  endSession: () => Promise<void>
}

/** What tells values apart by their BSON. */
export interface Ejson {
  stringify: (value: unknown, options: { relaxed: boolean }) => string
}

/** Documents of one model. */
export class ModelDocuments {
  readonly #model: MongooseModel
  readonly #ejson: Ejson
  readonly #session: MongooseSession | undefined

  constructor(model: MongooseModel, ejson: Ejson, session: MongooseSession | undefined) {
    this.#model = model
    this.#ejson = ejson
    this.#session = session
  }

  /** Looks in the collection itself: a model's hooks may leave documents out, and its schema fields. */
  async find(where: SeedRow, properties: readonly string[]): Promise<FoundEntity | undefined> {
    const model = this.#model
    this.#refuseUnknown(properties)
    const filter = model.findOne(where).cast(model)
    const options = this.#session === undefined ? {} : { session: this.#session as never }
    const raw = await model.collection.findOne(filter, options)
    if (raw === null) return undefined
    return {
      valueOf: (property) => raw[property],
      differing: async (row) => this.#differing(row, raw),
      update: async (row, names) => {
        const document = model.hydrate(raw)
        document.set(Object.fromEntries(names.map((name) => [name, row[name]])))
        await document.save({ session: this.#session })
      },
    }
  }

  /** A key as the schema casts it. */
  stored(key: SeedRow): SeedRow {
    const cast = new this.#model(key)
    return Object.fromEntries(Object.keys(key).map((path) => [path, cast.get(path)]))
  }

  async insert(row: SeedRow): Promise<void> {
    await new this.#model(row).save({ session: this.#session })
  }

  // As the schema casts them; what is virtual is nowhere to be compared with.
  #differing(row: SeedRow, raw: Document): string[] {
    const cast = new this.#model(row).toObject({ depopulate: true, getters: false, virtuals: false, flattenMaps: true })
    const plain = (value: unknown): unknown =>
      value === undefined ? undefined : JSON.parse(this.#ejson.stringify({ value }, { relaxed: false })).value
    return Object.keys(row).filter((name) => {
      const kind = this.#model.schema.pathType(name)
      return kind !== 'virtual' && !isSame(plain(raw[name]), plain(cast[name]), row[name])
    })
  }

  #refuseUnknown(properties: readonly string[]): void {
    const { schema, modelName } = this.#model
    if (schema.options.strict === false) return
    for (const name of properties) {
      if (schema.pathType(name) !== 'adhocOrUndefined') continue
      const nearest = nearestTo(name, Object.keys(schema.paths))
      throw new Error(
        `${modelName} has no path '${name}'${nearest === undefined ? '' : `; did you mean '${nearest}'?`}`,
      )
    }
  }
}

// mongoose gives each part of a document an `_id`, a new one each time, unless the seed gives it.
function isSame(there: unknown, cast: unknown, given: unknown): boolean {
  if (Array.isArray(there) && Array.isArray(cast))
    return there.length === cast.length && there.every((each, i) => isSame(each, cast[i], Object(given)[i]))
  if (typeof there !== 'object' || typeof cast !== 'object' || there === null || cast === null) return there === cast
  const own = (value: object) => Object.keys(value).filter((key) => key !== '_id' || '_id' in Object(given))
  const [keys, others] = [own(there), own(cast)]
  return (
    keys.length === others.length &&
    keys.every((key) => key in cast && isSame(Reflect.get(there, key), Reflect.get(cast, key), Object(given)[key]))
  )
}

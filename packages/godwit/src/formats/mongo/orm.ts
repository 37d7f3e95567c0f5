import { GodwitError } from '../../errors.js'
import type { EntityPlace, Orm, OrmContext } from '../contract.js'
import { ModelDocuments, type MongooseModel } from './model-documents.js'
import type { MongooseConnections } from './mongoose.js'
import { installedMongoose, loadMongoose } from './mongoose-module.js'

/**
 * mongoose for seeds: the project's own, connected where the seeds run. Where there are transactions it has one of its own, which is
 * committed before the seed's: a session is its client's.
 */
export function mongooseOrm(projectDir: string, connections: MongooseConnections): Orm {
  const modelOf = async (entity: unknown): Promise<MongooseModel | undefined> => {
    if (isModel(entity)) return entity
    if (typeof entity !== 'string' || installedMongoose(projectDir) === undefined) return undefined
    const found = (await loadMongoose(projectDir)).models[entity]
    return isModel(found) ? found : undefined
  }
  return {
    tool: 'mongoose',
    modelsByName: false,
    describe: async (entity) => {
      const model = await modelOf(entity)
      return model && placeOf(model)
    },
    known: async () =>
      installedMongoose(projectDir) === undefined ? [] : Object.keys((await loadMongoose(projectDir)).models).sort(),
    open: async (context) => {
      const driver = documentsOf(context)
      const mongoose = await loadMongoose(projectDir)
      await connections.attach(projectDir, { ...driver, log: () => {} }, true)
      const session = driver.session === undefined ? undefined : await mongoose.startSession()
      session?.startTransaction({ writeConcern: { w: 'majority' } })
      const documents = async (entity: unknown) =>
        new ModelDocuments((await modelOf(entity)) as MongooseModel, mongoose.mongo.BSON.EJSON, session)
      return {
        tool: mongoose,
        session,
        find: async (entity, where, properties) => (await documents(entity)).find(where, properties),
        stored: async (entity, key) => (await documents(entity)).stored(key),
        insert: async (entity, row) => (await documents(entity)).insert(row),
        end: async (outcome) => {
          try {
            if (outcome === 'done') await session?.commitTransaction()
            else await session?.abortTransaction()
          } finally {
            await session?.endSession()
          }
        },
      }
    },
  }
}

function isModel(value: unknown): value is MongooseModel {
  return typeof value === 'function' && 'modelName' in value && 'schema' in value && 'hydrate' in value
}

function placeOf({ modelName, collection, schema }: MongooseModel): EntityPlace {
  const known = (property: string) => (schema.pathType(property) === 'real' ? property : undefined)
  return { name: modelName, place: collection.collectionName, primary: ['_id'], columnOf: known, propertyOf: known }
}

function documentsOf({ driver }: OrmContext): Extract<OrmContext['driver'], { kind: 'documents' }> {
  if (driver.kind === 'documents') return driver
  throw new GodwitError('GODWIT_BUG', { what: 'mongoose on a database of tables' })
}

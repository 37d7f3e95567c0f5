import { GodwitError } from '../../errors.js'
import type { EntityPlace, Orm, OrmContext, OrmSession } from '../contract.js'
import { columnsOf, insertEntity, SavedEntity } from './entity-rows.js'
import type { ProjectSource } from './project-source.js'
import type { DataSource, EntityMetadata } from './typeorm-shapes.js'

/** TypeORM for seeds: the project's own DataSource, on the seed's transaction. */
export function typeormOrm(source: ProjectSource): Orm {
  const reading = async ({ driver }: OrmContext): Promise<DataSource> =>
    (await (await source.session()).lend(clientOf(driver))).dataSource
  return {
    tool: 'dataSource',
    modelsByName: false,
    describe: async (entity, context) => {
      const dataSource = await reading(context)
      return dataSource.hasMetadata(entity) ? placeOf(dataSource.getMetadata(entity)) : undefined
    },
    known: async (context) => (await reading(context)).entityMetadatas.map(({ name }) => name).sort(),
    open: async ({ driver }) => {
      const session = await source.session()
      const { dataSource, end } = await session.lend(clientOf(driver), { subscribers: await source.subscribers() })
      return sessionOn(dataSource, end)
    },
  }
}

function sessionOn(dataSource: DataSource, end: () => Promise<void>): OrmSession {
  return {
    tool: dataSource,
    find: (entity, where, properties) => SavedEntity.find(dataSource, entity, where, properties),
    insert: (entity, row) => insertEntity(dataSource, entity, row),
    end,
  }
}

function placeOf(metadata: EntityMetadata): EntityPlace {
  const { name, tablePath, primaryColumns, columns } = metadata
  return {
    name,
    place: tablePath,
    primary: primaryColumns.map(({ databaseName }) => databaseName),
    columnOf: (property) => {
      const [column, ...more] = columnsOf(metadata, property)
      return more.length === 0 ? column?.databaseName : undefined
    },
    propertyOf: (column) => {
      const found = columns.find(({ databaseName }) => databaseName === column)
      return found?.relationMetadata?.propertyName ?? found?.propertyPath
    },
  }
}

function clientOf(driver: OrmContext['driver']): Extract<OrmContext['driver'], { kind: 'table' }>['client'] {
  if (driver.kind === 'table') return driver.client
  throw new GodwitError('GODWIT_BUG', { what: 'TypeORM on a database of documents' })
}

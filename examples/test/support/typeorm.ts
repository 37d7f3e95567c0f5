import type { DataSource, DataSourceOptions } from 'typeorm'
import { onTestFinished } from 'vitest'
import type { TestDatabase } from '../../../packages/godwit/test/support/database.js'

/** The TypeORM versions that every TypeORM example is checked with: folder in `node_modules`. */
export const typeormVersions = ['typeorm', 'typeorm-0.3'] as const

/**
 * Makes TypeORM forget every entity it has seen: it keeps them in a global that two versions in one process would share.
 * Call it before an example is loaded.
 */
export function forgetEntities(): void {
  Reflect.deleteProperty(globalThis, 'typeormMetadataArgsStorage')
}

/** An example's own DataSource, connected to a test's database instead of its configured one; ends with the test. */
export async function connectTo(database: TestDatabase, own: DataSource): Promise<DataSource> {
  const { hostname, port, username, password } = new URL(database.url)
  const Constructor = own.constructor as new (options: DataSourceOptions) => DataSource
  const target = { host: hostname, port: Number(port), username, password, database: database.name }
  const dataSource = new Constructor({ ...own.options, url: '', logging: false, ...target } as DataSourceOptions)
  await dataSource.initialize()
  onTestFinished(() => dataSource.destroy())
  return dataSource
}

/** What TypeORM would change to make the database look like the entities. */
export async function differences(dataSource: DataSource): Promise<string[]> {
  const log = await dataSource.driver.createSchemaBuilder().log()
  return log.upQueries.map((entry) => entry.query)
}

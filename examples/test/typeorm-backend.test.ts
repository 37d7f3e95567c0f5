import type { DataSource } from 'typeorm'
import { describe, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'
import { compileExample } from './support/compile.js'
import { connectTo, differences, forgetEntities, typeormVersions } from './support/typeorm.js'

describe.each(typeormVersions)('typeorm-backend on %s', (typeorm) => {
  async function open() {
    forgetEntities()
    const load = await compileExample({
      root: 'typeorm-backend/backend',
      project: '.',
      packages: { dotenv: 'dotenv', pg: 'pg', 'reflect-metadata': 'reflect-metadata', typeorm },
    })
    const { AppDataSource } = load<{ AppDataSource: DataSource }>('src/data-source')
    const database = await createDatabase()
    return { database, dataSource: await connectTo(database, AppDataSource) }
  }

  test('after both migrations only the users are left to make', async () => {
    const { database, dataSource } = await open()
    const ran = await dataSource.runMigrations({ transaction: 'each' })
    expect(ran.map((migration) => migration.name)).toEqual(['InitialSchema1699123456789', 'AddIndexes1699123567890'])
    expect(await differences(dataSource)).toEqual([
      expect.stringMatching(/^CREATE TYPE "public"."users_role_enum" /),
      expect.stringMatching(/^CREATE TABLE "users" /),
    ])
    const found = await readCatalogue(database, 'migrations')
    expect(found.tables).toEqual(['customers', 'order_items', 'orders', 'products'])
    expect(found.indexes).toHaveLength(4)
    expect(found.foreignKeys).toHaveLength(3)
  })

  test('each goes back by itself, nothing is left at the end, and both apply again', async () => {
    const { database, dataSource } = await open()
    await dataSource.runMigrations({ transaction: 'each' })
    const made = await readCatalogue(database, 'migrations')
    await dataSource.undoLastMigration()
    expect(await readCatalogue(database, 'migrations')).toEqual({ ...made, indexes: [] })
    await dataSource.undoLastMigration()
    expect(presentKinds(await readCatalogue(database, 'migrations'))).toEqual([])
    await dataSource.runMigrations({ transaction: 'each' })
    expect(await readCatalogue(database, 'migrations')).toEqual(made)
  })
})

import { expect, test, vi } from 'vitest'
import { openTypeormFormat } from '../../../../src/formats/typeorm/index.js'
import type { DataSource } from '../../../../src/formats/typeorm/typeorm-shapes.js'
import { createDatabase } from '../../../support/database.js'
import { driveOn } from '../support/drive.js'
import { runPeer } from '../support/peer.js'
import { createProject, dataSource, tableMigration, type Version } from '../support/project.js'
import { shapeOf } from '../support/shape.js'

/** TypeORM keeps its metadata in a global, so each version gets a process of its own: one test file each. */
export function runSuite(version: Version): void {
  test('migrations of a DataSource are applied and undone on the given session', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', 'first'),
        'src/migrations/1700000000002-Second.ts': tableMigration('Second1700000000002', 'second'),
      },
      version,
    )
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    expect(await drive.up()).toEqual(['First1700000000001', 'Second1700000000002'])
    expect(await database.query('select "timestamp", "name" from migrations order by id')).toEqual([
      { timestamp: '1700000000001', name: 'First1700000000001' },
      { timestamp: '1700000000002', name: 'Second1700000000002' },
    ])
    expect(await drive.down()).toEqual(['Second1700000000002'])
    expect(await database.query(`select to_regclass('first') is not null as f, to_regclass('second') as s`)).toEqual([
      { f: true, s: null },
    ])
    expect(project.warnings).toEqual([])
  })

  test('a DataSource that drops and synchronizes leaves a filled database alone', async () => {
    const database = await createDatabase()
    await database.query(`create table precious (id int); insert into precious values (1), (2)`)
    const project = createProject(
      {
        'src/data-source.ts': dataSource(
          database.url,
          `dropSchema: true, synchronize: true, migrationsRun: true, logging: true,
           entities: [__dirname + '/*.entity.ts'], subscribers: [__dirname + '/*.subscriber.ts'],
           migrations: [__dirname + '/migrations/*.ts'],`,
        ),
        'src/note.entity.ts': `import { Entity, PrimaryGeneratedColumn } from 'typeorm'
@Entity() export class Note { @PrimaryGeneratedColumn('uuid') id!: string }`,
        'src/note.subscriber.ts': `throw new Error('subscribers must not be loaded')`,
        'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', 'first'),
      },
      version,
    )
    const printed = [vi.spyOn(console, 'log'), vi.spyOn(console, 'info'), vi.spyOn(process.stdout, 'write')]
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    await drive.up()
    expect(printed.flatMap((spy) => spy.mock.calls).filter(([text]) => /CREATE|query/.test(String(text)))).toEqual([])
    for (const spy of printed) spy.mockRestore()
    expect(await database.query('select count(*)::int as n from precious')).toEqual([{ n: 2 }])
    expect(await database.query(`select to_regclass('note') as note`)).toEqual([{ note: null }])
    expect(await database.query(`select extname from pg_extension where extname = 'uuid-ossp'`)).toHaveLength(1)
    expect(project.said.some((line) => line.includes('CREATE TABLE "first"'))).toBe(true)
  })

  test('the history table has the shape that TypeORM gives it', async () => {
    for (const major of [15, 18] as const) {
      const theirs = await createDatabase(major)
      const ours = await createDatabase(major)
      for (const [options, table] of [
        ['', 'public.migrations'],
        [`migrationsTableName: 'my history',`, 'public."my history"'],
        [`schema: 'app',`, 'app.migrations'],
        [`migrationsTableName: 'app.other',`, 'app.other'],
      ] as const) {
        const files = (url: string) => ({
          'src/data-source.ts': dataSource(url, `${options} migrations: [__dirname + '/migrations/*.ts']`),
          'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', table.replace(/\W/g, '_')),
        })
        for (const database of [theirs, ours]) await database.query('create schema if not exists app')
        await runPeer(createProject(files(theirs.url), version), 'up')
        const drive = await driveOn(ours, await openTypeormFormat(createProject(files(ours.url), version).context()))
        await drive.up()
        expect(await shapeOf(ours, table)).toEqual(await shapeOf(theirs, table))
        const rows = `select * from ${table} order by id`
        expect(await ours.query(rows)).toEqual(await theirs.query(rows))
      }
    }
  })

  test('the naming strategy of the DataSource names the primary key', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': `import { DataSource, DefaultNamingStrategy } from 'typeorm'
class Own extends DefaultNamingStrategy { primaryKeyName() { return 'own "key"' } }
export default new DataSource({ type: 'postgres', url: '${database.url}', namingStrategy: new Own() })`,
        'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', 'first'),
      },
      version,
    )
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    await drive.up()
    expect(
      await database.query(
        `select conname from pg_constraint where conrelid = 'migrations'::regclass and contype = 'p'`,
      ),
    ).toEqual([{ conname: 'own "key"' }])
  })

  test('what TypeORM applied is seen and undone, and the other way round', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', 'first'),
        'src/migrations/1700000000002-Second.ts': tableMigration('Second1700000000002', 'second'),
      },
      version,
    )
    await runPeer(project, 'up')
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    expect(await drive.applied()).toEqual(['First1700000000001', 'Second1700000000002'])
    expect(await drive.down(2)).toEqual(['Second1700000000002', 'First1700000000001'])
    expect(await database.query(`select * from migrations`)).toEqual([])

    expect(await drive.up(1)).toEqual(['First1700000000001'])
    await runPeer(project, 'up')
    expect(await drive.applied()).toEqual(['First1700000000001', 'Second1700000000002'])
    await runPeer(project, 'down')
    expect(await drive.up()).toEqual(['Second1700000000002'])
    await runPeer(project, 'down')
    await runPeer(project, 'down')
    expect(await drive.applied()).toEqual([])
    expect(await database.query(`select to_regclass('first') as f, to_regclass('second') as s`)).toEqual([
      { f: null, s: null },
    ])
  })

  test('runners, managers and repositories all work inside the open transaction', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': dataSource(
          database.url,
          `entities: [__dirname + '/entities/*.ts'], migrations: [__dirname + '/migrations/*.ts'],`,
        ),
        'src/entities/note.ts': `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
@Entity('notes') export class Note { @PrimaryGeneratedColumn() id!: number; @Column() text!: string }`,
        'src/migrations/1700000000001-All.ts': `import { AppDataSource } from '../data-source'
import { Note } from '../entities/note'
export class All1700000000001 {
  async up(runner) {
    await runner.query('create table notes (id serial primary key, text varchar not null)')
    await runner.manager.save(Note, { text: 'manager' })
    await runner.connection.getRepository(Note).save({ text: 'repository' })
    await runner.manager.transaction((manager) => manager.save(Note, { text: 'nested' }))
    await runner.connection.transaction((manager) => manager.save(Note, { text: 'own transaction' }))
    await AppDataSource.transaction(async (manager) => {
      await manager.save(Note, { text: 'lost' })
      throw new Error('taken back')
    }).catch(() => {})
    await runner.startTransaction()
    await runner.manager.insert(Note, { text: 'lost too' })
    await runner.rollbackTransaction()
    const other = AppDataSource.createQueryRunner()
    await other.startTransaction()
    await other.query("insert into notes (text) values ('other runner')")
    await other.commitTransaction()
    await other.release()
  }
  async down(runner) {
    await runner.query('drop table notes')
    await runner.connection.transaction(async (manager) => { await manager.query('select 1') })
    throw new Error('not today')
  }
}`,
      },
      version,
    )
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    await drive.up()
    expect((await database.query('select text from notes order by id')).map((row) => row.text)).toEqual([
      'manager',
      'repository',
      'nested',
      'own transaction',
      'other runner',
    ])
    await expect(drive.down()).rejects.toThrow('not today')
    expect(await database.query('select count(*)::int as n from notes')).toEqual([{ n: 5 }])
  })

  test('a migration says itself whether it runs in a transaction', async () => {
    const database = await createDatabase()
    await database.query('create table t (a int)')
    const project = createProject(
      {
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-Apart.ts': `export class Apart1700000000001 {
  transaction = false
  async up(runner) { await runner.query('create index concurrently t_a on t (a)') }
  async down(runner) { await runner.query('drop index concurrently t_a') }
}`,
        'src/migrations/1700000000002-Within.ts': `export class Within1700000000002 {
  transaction = true
  async up(runner) { await runner.query('create table u (a int)') }
}`,
        'src/migrations/1700000000003-Default.ts': tableMigration('Default1700000000003', 'v'),
      },
      version,
    )
    const format = await openTypeormFormat(project.context(undefined, { transaction: 'none' }))
    const files = await format.list()
    const bodies = await Promise.all(files.map((file) => format.load(file, 'up')))
    expect(bodies.map((body) => body?.kind === 'function' && body.transaction)).toEqual([false, true, false])
    expect(files.map((file) => file.reversible)).toEqual([true, false, true])
    expect(await format.load(files[1]!, 'down')).toBe(null)
    const drive = await driveOn(database, format)
    await drive.up()
    expect(await database.query(`select indisvalid from pg_index where indexrelid = 't_a'::regclass`)).toEqual([
      { indisvalid: true },
    ])
  })

  test('metadata that TypeORM needs is there before the first migration', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': dataSource(
          database.url,
          `entities: [__dirname + '/view.ts'], migrations: [__dirname + '/migrations/*.ts'],`,
        ),
        'src/view.ts': `import { ViewColumn, ViewEntity } from 'typeorm'
@ViewEntity({ expression: 'select 1 as one' }) export class One { @ViewColumn() one!: number }`,
        'src/migrations/1700000000001-View.ts': `export class View1700000000001 {
  async up(runner) { await runner.query("insert into typeorm_metadata (type, name) values ('VIEW', 'one')") }
  async down() {}
}`,
      },
      version,
    )
    const drive = await driveOn(database, await openTypeormFormat(project.context()))
    await drive.up()
    expect(await database.query('select name from typeorm_metadata')).toEqual([{ name: 'one' }])
  })

  test("the DataSource is the application's again when the format is closed", async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-First.ts': `import { AppDataSource } from '../data-source'
export class First1700000000001 { async up() { globalThis.seenDataSource = AppDataSource } async down() {} }`,
      },
      version,
    )
    const format = await openTypeormFormat(project.context())
    const drive = await driveOn(database, format)
    await drive.up()
    await format.close?.()
    const seen = (globalThis as { seenDataSource?: DataSource }).seenDataSource as DataSource
    expect(seen.options.migrations).toHaveLength(1)
    expect('driver' in seen.options).toBe(false)
    await seen.initialize()
    expect(seen.isInitialized).toBe(true)
    await seen.destroy()
    expect(await drive.down()).toEqual(['First1700000000001'])
    expect(await drive.up()).toEqual(['First1700000000001'])
  })

  test('a project without a data source has a query runner all the same', async () => {
    const database = await createDatabase()
    const project = createProject(
      { 'db/migrate/1700000000001-First.ts': tableMigration('First1700000000001', 'first') },
      version,
    )
    const drive = await driveOn(database, await openTypeormFormat(project.context('db/migrate')))
    await drive.up()
    expect(await database.query(`select to_regclass('first') as t`)).toEqual([{ t: 'first' }])
  })
}

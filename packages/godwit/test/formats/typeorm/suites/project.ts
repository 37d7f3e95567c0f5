import { expect, test } from 'vitest'
import { openProject } from '../../../../src/index.js'
import { createDatabase } from '../../../support/database.js'
import { runPeer } from '../support/peer.js'
import { createProject, dataSource, type TestProject, tableMigration, type Version } from '../support/project.js'

const config = (more = '') => `export default {
  format: 'typeorm', migrations: 'src/migrations', ${more}
  typeorm: { dataSource: 'src/data-source.ts' },
}`

async function open(project: TestProject, databaseUrl?: string) {
  return openProject({
    cwd: project.dir,
    env: {},
    databaseUrl,
    onVerbose: (message) => project.said.push(message),
    onEvent: (event) => event.type === 'warning' && project.warnings.push(event.message),
  })
}

/** Projects as they are in the wild, through the public API. */
export function projectSuite(version: Version): void {
  test('up, status, down: and with nothing to do TypeORM is not imported', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'godwit.config.ts': config(),
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-First.ts': tableMigration('First1700000000001', 'first'),
        'src/migrations/1700000000002-Second.ts': tableMigration('Second1700000000002', 'second'),
      },
      version,
    )
    const report = await (await open(project)).up()
    expect([report.error, report.steps.map((step) => [step.name, step.outcome])]).toEqual([
      undefined,
      [
        ['First1700000000001', 'done'],
        ['Second1700000000002', 'done'],
      ],
    ])
    project.said.length = 0
    const again = await open(project, database.url)
    expect((await again.up()).steps).toEqual([])
    expect((await again.status()).migrations.map((each) => each.state)).toEqual(['applied', 'applied'])
    expect(project.said.filter((line) => line.startsWith('typeorm'))).toEqual([])
    expect((await again.down()).steps.map((step) => step.name)).toEqual(['Second1700000000002'])
    expect((await again.up()).steps.map((step) => step.name)).toEqual(['Second1700000000002'])
    await runPeer(project, 'down')
    expect((await again.status()).migrations.map((each) => each.state)).toEqual(['applied', 'pending'])
    await runPeer(project, 'up')
    expect((await again.status()).migrations.map((each) => each.state)).toEqual(['applied', 'applied'])
    expect((await again.redo()).up?.error).toBe(undefined)
  })

  test('a migration that fails leaves nothing, and the error names its statement', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'godwit.config.ts': config(),
        'src/data-source.ts': dataSource(database.url, 'logging: ["error"]'),
        'src/migrations/1700000000001-Bad.ts': `export class Bad1700000000001 {
  async up(q) {
    await q.query('create table made (a int)')
    await q.connection.transaction((m) => m.query('create table made_too (a int)'))
    await q.query('insert into made values ($1)', ['not a number'])
  }
  async down() {}
}`,
      },
      version,
    )
    const report = await (await open(project)).up()
    expect(report.error).toMatchObject({
      code: 'GODWIT_STATEMENT_FAILED',
      details: { statement: 'insert into made values ($1)', server: { code: '22P02' } },
    })
    expect(await database.query(`select to_regclass('made') as a, to_regclass('made_too') as b`)).toEqual([
      { a: null, b: null },
    ])
    expect((await (await open(project)).status()).migrations[0]?.state).toBe('pending')
  })

  test('queries that a migration does not wait for belong to it', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'godwit.config.ts': config(),
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-Hasty.ts': `export class Hasty1700000000001 {
  async up(q) {
    void q.query('create table slow as select 1 as a from pg_sleep(0.2)')
    void q.query('create table quick (a int)')
  }
  async down(q) { q.query('drop table quick'); q.query('select 1 / 0').catch(() => {}); throw new Error('no') }
}`,
      },
      version,
    )
    const godwit = await open(project)
    expect((await godwit.up()).error).toBe(undefined)
    expect((await godwit.down()).error).toMatchObject({ code: 'GODWIT_STATEMENT_FAILED' })
    expect(await database.query(`select to_regclass('slow') as s, to_regclass('quick') as q`)).toEqual([
      { s: 'slow', q: 'quick' },
    ])
  })

  test('indexes are made concurrently, outside of a transaction', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'godwit.config.ts': config(),
        'src/data-source.ts': dataSource(database.url),
        'src/migrations/1700000000001-Table.ts': tableMigration('Table1700000000001', 't'),
        'src/migrations/1700000000002-Index.ts': `export class Index1700000000002 {
  transaction = false
  async up(q) { await q.query('create index concurrently t_note on t (note)') }
  async down(q) { await q.query('drop index concurrently t_note') }
}`,
      },
      version,
    )
    const godwit = await open(project)
    expect((await godwit.up()).error).toBe(undefined)
    expect((await godwit.down()).error).toBe(undefined)
    expect(await database.query(`select to_regclass('t_note') as i, count(*)::int as n from migrations`)).toEqual([
      { i: null, n: 1 },
    ])
  })

  test.each(['commonjs', 'module'])('circular entities, path aliases and a view in a %s package', async (type) => {
    const database = await createDatabase()
    const dirname = type === 'module' ? 'import.meta.dirname' : '__dirname'
    const project = createProject(
      {
        'package.json': JSON.stringify({ name: 'fixture', type }),
        'tsconfig.json': JSON.stringify({
          compilerOptions: {
            target: 'ES2022',
            module: type === 'module' ? 'nodenext' : 'commonjs',
            esModuleInterop: true,
            experimentalDecorators: true,
            emitDecoratorMetadata: true,
            baseUrl: '.',
            paths: { '@app/*': ['src/*'] },
          },
        }),
        'godwit.config.ts': config(),
        'src/data-source.ts': `import 'reflect-metadata'
import { DataSource } from 'typeorm'
import { Project } from '@app/entities/project'
import { User } from '@app/entities/user'
const folder = ${dirname}
export default new DataSource({ type: 'postgres', url: '${database.url}', entities: [User, Project, folder + '/entities/*.view.ts'] })`,
        'src/entities/user.ts': `import { Column, Entity, OneToMany, PrimaryGeneratedColumn } from 'typeorm'
import { Project } from '@app/entities/project'
@Entity('users') export class User {
  @PrimaryGeneratedColumn('uuid') id!: string
  @Column() email!: string
  @OneToMany(() => Project, (project) => project.owner) projects!: Project[]
}`,
        'src/entities/project.ts': `import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, type Relation } from 'typeorm'
import { User } from '@app/entities/user'
@Entity('projects') export class Project {
  @PrimaryGeneratedColumn('uuid') id!: string
  @Column() title!: string
  @ManyToOne(() => User, (user) => user.projects) owner!: ${type === 'module' ? 'Relation<User>' : 'User'}
}`,
        'src/entities/names.view.ts': `import { ViewColumn, ViewEntity } from 'typeorm'
@ViewEntity({ name: 'names', expression: 'select email from users' }) export class Names { @ViewColumn() email!: string }`,
        'src/migrations/1700000000001-Users.ts': `import { MigrationInterface, QueryRunner } from 'typeorm'
import { User } from '@app/entities/user'
export class Users1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.query('create table users (id uuid primary key default uuid_generate_v4(), email varchar not null)')
    await queryRunner.manager.getRepository(User).save({ email: 'a@b.c' })
  }
  async down(queryRunner: QueryRunner) { await queryRunner.query('drop table users') }
}
export class Projects1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.query('create table projects (id uuid primary key default uuid_generate_v4(), title varchar not null, "ownerId" uuid)')
    const owner = await queryRunner.manager.findOneByOrFail(User, { email: 'a@b.c' })
    await queryRunner.manager.save('Project', { title: 'p', owner })
  }
  async down(queryRunner: QueryRunner) { await queryRunner.query('drop table projects') }
}`,
      },
      version,
    )
    const godwit = await open(project)
    const report = await godwit.up()
    expect([report.error, report.steps.length]).toEqual([undefined, 2])
    expect(await database.query('select email, title from projects p join users u on u.id = p."ownerId"')).toEqual([
      { email: 'a@b.c', title: 'p' },
    ])
    expect((await godwit.down({ all: true })).error).toBe(undefined)
    expect(
      await database.query(`select to_regclass('users') as u, to_regclass('typeorm_metadata') is not null as m`),
    ).toEqual([{ u: null, m: true }])
  })

  test('a migration may commit for itself, and read a file of the project', async () => {
    const database = await createDatabase()
    const project = createProject(
      {
        'godwit.config.ts': config(),
        'src/data-source.ts': dataSource(database.url),
        'sql/one.sql': 'create table one (a int)',
        'src/migrations/1700000000001-One.ts': `import { readFileSync } from 'node:fs'
import { join } from 'node:path'
export class One1700000000001 {
  async up(q) {
    await q.query(readFileSync(join(__dirname, '../../sql/one.sql'), 'utf8'))
    await q.commitTransaction()
    await q.query('create index concurrently one_a on one (a)')
    await q.startTransaction()
    await q.query('create table two (a int)')
  }
  async down() {}
}`,
      },
      version,
    )
    const godwit = await open(project)
    const report = await godwit.up()
    expect(report.error).toBe(undefined)
    expect(
      await database.query(`select to_regclass('one_a') is not null as i, to_regclass('two') is not null as t`),
    ).toEqual([{ i: true, t: true }])
    expect((await godwit.status()).migrations[0]?.state).toBe('applied')
  })
}

import bcrypt from 'bcrypt'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createProject, dataSource, type Version } from '../../formats/typeorm/support/project.js'
import { createDatabase } from '../../support/database.js'

const entities = `import { BeforeInsert, BeforeUpdate, Column, DeleteDateColumn, Entity, JoinColumn, ManyToOne, PrimaryGeneratedColumn, UpdateDateColumn } from 'typeorm'
@Entity('roles') export class Role {
  @PrimaryGeneratedColumn() id!: number
  @Column({ unique: true }) name!: string
}
@Entity('users') export class User {
  @PrimaryGeneratedColumn() id!: number
  @Column({ name: 'mail', unique: true }) email!: string
  @Column({ select: false, nullable: true }) password!: string
  @Column({ type: 'numeric', precision: 10, scale: 2, default: 0 }) balance!: string
  @Column({ type: 'jsonb', default: {} }) settings!: object
  @Column({ type: 'date', nullable: true }) born!: string
  @Column({ default: '' }) hooked!: string
  @Column({ default: '' }) subscribed!: string
  @Column({ name: 'role_id', nullable: true }) roleId!: number
  @ManyToOne(() => Role) @JoinColumn({ name: 'role_id' }) role!: Role
  @DeleteDateColumn() deleted!: Date
  @BeforeInsert() inserting() { this.hooked = 'insert' }
  @BeforeUpdate() updating() { this.hooked = 'update' }
}`
const subscriber = `import { EventSubscriber } from 'typeorm'
import { User } from './entities'
@EventSubscriber() export class Users {
  listenTo() { return User }
  beforeInsert({ entity }: any) { entity.subscribed = 'yes' }
}`
const tables = `create table roles (id serial primary key, name text not null unique);
create table users (id serial primary key, mail varchar not null unique, password varchar, balance numeric(10,2) not null default 0,
  settings jsonb not null default '{}', born date, hooked text not null default '', subscribed text not null default '',
  role_id int references roles, deleted timestamp)`

/** TypeORM keeps its metadata in a global, so each version gets a process of its own: one test file each. */
export function typeormSuite(version: Version): void {
  async function projectOf(seeds: Record<string, string>, more = '') {
    const database = await createDatabase()
    await database.query(tables)
    const project = createProject(
      {
        'package.json': '{ "dependencies": { "bcrypt": "6.0.0" } }',
        'godwit.config.json':
          '{ "format": "typeorm", "seeds": "seeds", "typeorm": { "dataSource": "src/data-source.ts" } }',
        'src/entities.ts': entities,
        'src/subscriber.ts': subscriber,
        'src/data-source.ts': dataSource(
          database.url,
          `entities: [__dirname + '/entities.ts'], subscribers: [__dirname + '/subscriber.ts'], synchronize: true, dropSchema: true,${more}`,
        ),
        ...Object.fromEntries(Object.entries(seeds).map(([name, text]) => [`seeds/${name}.ts`, text])),
      },
      version,
    )
    const logged: string[] = []
    const opened = await openProject({
      cwd: project.dir,
      databaseUrl: database.url,
      env: {},
      onEvent: (event) => {
        if (event.type === 'seed-log') logged.push(event.line)
      },
    })
    const seed = async (request = {}) => {
      const { error, seeds: reports } = await opened.seed(request)
      if (error !== undefined) throw error
      return Object.fromEntries(
        reports.map(({ name, inserted, updated, unchanged, kept }) => [name, { inserted, updated, unchanged, kept }]),
      )
    }
    onTestFinished(() => {
      delete process.env.SEED_TEST
    })
    return { database, project, seed, logged, users: () => database.query('select *, xmin from users order by id') }
  }
  const inserted = (count: number) => ({ inserted: count, updated: 0, unchanged: 0, kept: 0 })
  const unchanged = (count: number) => ({ inserted: 0, updated: 0, unchanged: count, kept: 0 })

  describe(`entity seeds on ${version}`, () => {
    const users = (rest = '') => `import { defineSeed, hash, ref } from 'godwit'
import { User } from '../src/entities'
export default defineSeed({ entity: User, key: ['email'], ${rest} rows: [
  { email: 'a@x.org', password: hash('s3cret!', { rounds: 4 }), balance: 1.5, settings: { b: 1, a: [1, 2] }, born: '2000-02-29',
    role: ref('roles', { name: 'admin' }) },
  { email: 'b@x.org', balance: '2', role_id: undefined, roleId: ref('roles', { name: 'admin' }) },
] })`
    const roles = `import { defineSeed } from 'godwit'
export default defineSeed({ table: 'roles', key: ['name'], rows: [{ name: 'admin' }] })`

    test('rows go through the ORM with its hooks, and a second run writes nothing', async () => {
      const { seed, users: rows } = await projectOf({ users: users(), roles })
      expect(await seed()).toEqual({ roles: inserted(1), users: inserted(2) })
      const first = await rows()
      expect(first).toMatchObject([
        { mail: 'a@x.org', balance: '1.50', hooked: 'insert', subscribed: 'yes', role_id: 1 },
        { mail: 'b@x.org', balance: '2.00', hooked: 'insert', role_id: 1 },
      ])
      expect(await bcrypt.compare('s3cret!', first[0]?.password)).toBe(true)
      expect(await seed()).toEqual({ roles: unchanged(1), users: unchanged(2) })
      expect(await rows()).toEqual(first)
    })

    test('a row that somebody edited is kept, or given its values again by save', async () => {
      const { database, project, seed, users: rows } = await projectOf({ users: users(), roles })
      await seed()
      await database.query(`update users set settings = '{"a": [2]}', deleted = now() where mail = 'a@x.org'`)
      expect((await seed()).users).toEqual({ inserted: 0, updated: 0, unchanged: 1, kept: 1 })
      project.write({ 'seeds/again.ts': users(`name: 'again', onExisting: 'update',`) })
      expect((await seed({ only: ['again'] })).again).toEqual({ inserted: 0, updated: 1, unchanged: 1, kept: 0 })
      expect(await rows()).toMatchObject([{ settings: { b: 1, a: [1, 2] }, hooked: 'update' }, { hooked: 'insert' }])
    })

    test('a table seed refers to a row of an entity seed, by its property', async () => {
      const { database, seed } = await projectOf({
        users: `import { defineSeed } from 'godwit'
import { User } from '../src/entities'
export default defineSeed({ entity: User, key: ['email'], rows: [{ email: 'a@x.org' }] })`,
        log: `import { defineSeed, ref } from 'godwit'
export default defineSeed({ table: 'log', key: ['id'], rows: [{ id: 1, mail: ref('users', { email: 'a@x.org' }, 'email'), by: ref('users', { email: 'a@x.org' }) }] })`,
      })
      await database.query('create table log (id int primary key, mail text, by int references users)')
      await seed()
      expect(await database.query('select * from log')).toEqual([{ id: 1, mail: 'a@x.org', by: 1 }])
    })

    test.each([
      [
        `entity: User, key: ['email'], rows: [{ email: 'a' }, { emial: 'b', email: 'b' }]`,
        /row 2 \(email = b\): User has no property 'emial'; did you mean 'email'/,
      ],
      [
        `entity: User, key: ['email'], rows: [{ email: 'a' }, { email: 'a' }]`,
        /row 2 \(email = a\): row 1 has the same key/,
      ],
      [
        `entity: User, key: ['email'], rows: [{ email: 'a' }, { balance: 1 }]`,
        /row 2: it says nothing of its key email/,
      ],
      [
        `entity: User, key: ['email'], rows: [{ email: 'a' }, { email: 'b', roleId: 99 }]`,
        /row 2 \(email = b\): .*violates foreign key constraint/,
      ],
      [`entity: User, key: ['balance'], rows: [{ balance: 1 }]`, /nothing keeps \(balance\) unique in users/],
      [
        `entity: 'Usr', key: ['email'], rows: []`,
        /the entity 'Usr': the project has none of that name\. Did you mean 'User'/,
      ],
    ])('what is wrong is told with its row, and nothing is left: %s', async (said, message) => {
      const { seed, users: rows } = await projectOf({
        users: `import { defineSeed } from 'godwit'
import { User } from '../src/entities'
void User
export default defineSeed({ ${said} })`,
      })
      await expect(seed()).rejects.toThrow(message)
      expect(await rows()).toEqual([])
    })
  })

  describe(`functions on ${version}`, () => {
    const body = (text: string) => `import { hash } from 'godwit'
import { Role, User } from '../src/entities'
export default async ({ db, upsert, log, env, dataSource }: any) => { ${text} }
void hash; void Role; void User`

    test('work with the DataSource on their own transaction, and upsert says what became of a row', async () => {
      const {
        seed,
        logged,
        users: rows,
      } = await projectOf({
        data: body(`
          await dataSource.getRepository(Role).upsert({ name: 'admin' }, ['name'])
          log(JSON.stringify(await upsert('roles', ['name'], { name: 'user' })))
          log(JSON.stringify(await upsert(User, ['email'], [{ email: 'a@x.org', password: hash('pw-1', { rounds: 4 }) }])))
          const { rows } = await db.query('select count(*)::int as n from users')
          log(env + ' ' + rows[0].n)`),
      })
      await seed()
      expect(logged).toEqual([JSON.stringify(inserted(1)), JSON.stringify(inserted(1)), 'development 1'])
      expect(await rows()).toMatchObject([{ mail: 'a@x.org', hooked: 'insert' }])
      logged.length = 0
      await seed()
      expect(logged).toEqual([JSON.stringify(unchanged(1)), JSON.stringify(unchanged(1)), 'development 1'])
    })

    test('one that throws leaves nothing, whichever way it wrote', async () => {
      const { database, seed } = await projectOf({
        data: body(`
          await dataSource.getRepository(Role).save({ name: 'a' })
          await dataSource.transaction((manager: any) => manager.getRepository(Role).save({ name: 'b' }))
          await db.query("insert into roles (name) values ('c')")
          await upsert('roles', ['name'], { name: 'd' })
          throw new Error('enough')`),
      })
      await expect(seed()).rejects.toThrow("The seed 'data' failed: enough")
      expect(await database.query('select * from roles')).toEqual([])
    })

    test('what the project does not have is refused when it is asked for', async () => {
      const { seed } = await projectOf({
        data: 'export default async ({ prisma }: any) => { await prisma.user.count() }',
      })
      await expect(seed()).rejects.toThrow('asks for prisma: the project has TypeORM (dataSource)')
    })
  })
}

import { expect, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { createDatabase } from '../support/database.js'
import { createMongoDatabase, describeMongo } from '../support/mongodb.js'
import { type Block, placeOf, readBlocks } from './blocks.js'
import { readersFolder, sqlProject } from './reader.js'

interface Setting {
  /** What the tables are that the example speaks of. */
  sql: string
  files?: Record<string, string>
}

const dataSource = `import { DataSource } from 'typeorm'
import { Role, User } from './user.entity'
export default new DataSource({ type: 'postgres', entities: [User, Role], migrations: [] })
`
const entities = `import { Column, Entity, ManyToOne, PrimaryGeneratedColumn } from 'typeorm'
@Entity('roles') export class Role {
  @PrimaryGeneratedColumn() id!: number
  @Column({ unique: true }) name!: string
}
@Entity('users') export class User {
  @PrimaryGeneratedColumn() id!: number
  @Column({ unique: true }) email!: string
  @Column() password!: string
  @ManyToOne(() => Role) role!: Role
}
`
const migration = (sql: string) => `export class Tables1700000000000 {
  async up(runner: { query: (sql: string) => Promise<unknown> }) { await runner.query(\`${sql}\`) }
  async down() {}
}
`
const ofTypeOrm = `create table roles (id serial primary key, name varchar not null unique);
create table users (id serial primary key, email varchar not null unique, password varchar not null, "roleId" int references roles);
insert into roles (name) values ('admin');`

/** By what an example says. */
const settings: Record<string, Setting> = {
  "table: 'users'": {
    sql: `create table roles (id serial primary key, name text unique);
      create table users (email text primary key, name text, role_id int references roles);
      insert into roles (name) values ('admin'), ('user');`,
  },
  "upsert('campaigns'": {
    sql: `create table campaigns (name text primary key);
      create materialized view totals as select count(*) from campaigns;`,
  },
  'entity: User': {
    sql: '',
    files: {
      'package.json': '{ "name": "shop", "dependencies": { "bcrypt": "6" } }',
      'godwit.config.json':
        '{ "format": "typeorm", "migrations": "src/migrations", "database": "embedded", "typeorm": { "dataSource": "src/data-source.ts" } }',
      'src/data-source.ts': dataSource,
      'src/user.entity.ts': entities,
      'src/migrations/1700000000000-Tables.ts': migration(ofTypeOrm),
    },
  },
  "table: 'customers'": { sql: 'create table customers (email text primary key, name text);' },
}

const blocks = (await readBlocks('ts')).filter(({ text }) => text.startsWith('// seeds/'))
const ofDocuments = (block: Block) => block.text.includes('collection:')

test('there are such examples', () => {
  expect(blocks.length).toBeGreaterThan(4)
})

test.each(blocks.filter((block) => !ofDocuments(block)).map((block) => [placeOf(block), block] as const))(
  'the seed at %s puts its rows there, once',
  async (_, { text }) => {
    const setting = Object.entries(settings).find(([said]) => text.includes(said))?.[1]
    if (setting === undefined) throw new Error('say above which tables the example speaks of')
    const file = text.split('\n')[0]?.slice(3) ?? ''
    const tables = { 'migrations/20260101000000_users.sql': setting.sql }
    await expectOnce(readersFolder({ ...sqlProject, ...tables, ...setting.files, [file]: text }), {
      GODWIT_DATABASE_URL: (await createDatabase()).url,
    })
  },
)

describeMongo('on MongoDB', () => {
  test.each(blocks.filter(ofDocuments).map((block) => [placeOf(block), block] as const))(
    'the seed at %s puts its documents there, once',
    async (_, { text }) => {
      const { url, db } = await createMongoDatabase()
      await db.collection('contacts').createIndex({ campaign: 1, phoneNumber: 1 }, { unique: true })
      await db.collection('campaigns').insertOne({ name: 'Demo' })
      const config = '{ "format": "mongo", "migrations": "migrations" }'
      const migration = "export const none = { name: '001-none', up: async () => {}, down: async () => {} }\n"
      const files = { 'godwit.config.json': config, 'migrations/001-none.ts': migration, 'seeds/contacts.ts': text }
      await expectOnce(readersFolder({ 'package.json': '{ "name": "shop" }', ...files }), { DATABASE_URL: url })
    },
  )
})

async function expectOnce(folder: string, more: Record<string, string>): Promise<void> {
  const env = { ADMIN_PASSWORD: 'violet-otter-41', ...more }
  expect(await start(folder, env, ['up']).ended).toMatchObject({ code: 0 })
  const counts = async () => {
    const { code, stdout, stderr } = await start(folder, env, ['seed', '--json']).ended
    expect({ code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, stderr: '' })
    return (JSON.parse(stdout) as { seeds: { inserted: number; updated: number }[] }).seeds
  }
  expect((await counts()).every(({ inserted }) => inserted > 0)).toBe(true)
  expect((await counts()).every(({ inserted, updated }) => inserted === 0 && updated === 0)).toBe(true)
}

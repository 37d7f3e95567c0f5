import { writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { type PeerProject, peerProject } from './support/peer-project.js'

const files = {
  '1700000000001_users.js': `
    exports.shorthands = { id: { type: 'bigserial', primaryKey: true }, note: { type: 'text', default: '' } }
    exports.up = (pgm) => { pgm.createTable('users', { id: 'id', name: { type: 'text', notNull: true } }) }`,
  '1700000000002_posts.sql':
    '-- Up Migration\ncreate table posts (id int);\ninsert into posts values (1);\n-- Down Migration\ndrop table posts;\n',
  '1700000000003_seed.js': `
    exports.shorthands = undefined
    exports.up = async (pgm) => {
      const [{ n }] = await pgm.db.select('select count(*)::int as n from posts')
      await pgm.db.query("insert into users (name) values ($1)", ['posts: ' + n])
      pgm.addColumns('users', { note: 'note' })
    }
    exports.down = (pgm) => { pgm.dropColumns('users', ['note']); pgm.sql('delete from users') }`,
  '1700000000004_callback.js': `
    exports.up = (pgm, done) => { setTimeout(() => { pgm.createIndex('users', 'name'); done() }, 5) }`,
}
const names = Object.keys(files).map((file) => file.replace(/\.[^.]*$/, ''))

const shape = `
  select c.table_name, c.column_name, c.data_type, c.character_maximum_length, c.column_default, c.is_nullable,
    c.datetime_precision, c.ordinal_position
  from information_schema.columns c where table_schema = 'public' order by table_name, ordinal_position`
const catalogue = `
  select conname, contype, conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition
  from pg_constraint where connamespace = 'public'::regnamespace order by 1, 2`
const relations = `
  select relname, relkind, relpersistence, pg_get_serial_sequence(quote_ident(relname), 'id') as sequence
  from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1`

async function everything({ database }: Pick<PeerProject, 'database'>) {
  return Promise.all([shape, catalogue, relations].map((query) => database.query(query)))
}

const data = ({ database }: PeerProject) =>
  database.query(`select (select json_agg(u) from users u) as users, (select json_agg(p) from posts p) as posts`)

async function upWithGodwit(project: PeerProject, step?: number) {
  const report = await (await project.godwit()).up(step === undefined ? {} : { step })
  if (report.error) throw report.error
  return report.steps.map(({ name }) => name)
}

async function downWithGodwit(project: PeerProject, step = 1) {
  const report = await (await project.godwit()).down({ step })
  if (report.error) throw report.error
  return report.steps.map(({ name }) => name)
}

test.each([
  [8, 15],
  [9, 15],
  [8, 18],
  [9, 18],
] as const)('with version %i on PostgreSQL %i both leave the same database behind', async (major, server) => {
  const byPeer = await peerProject(major, files, { server })
  const byGodwit = await peerProject(major, files, { server })
  expect(await byPeer.peer('up')).toEqual(names)
  expect(await upWithGodwit(byGodwit)).toEqual(names)
  expect(await everything(byGodwit)).toEqual(await everything(byPeer))
  expect(await byGodwit.rows()).toEqual(await byPeer.rows())
  expect(await data(byGodwit)).toEqual(await data(byPeer))
  const [row] = await byGodwit.database.query<{ ok: boolean }>(
    `select bool_and(run_on between now()::timestamp - interval '1 minute' and now()::timestamp) as ok from pgmigrations`,
  )
  expect(row?.ok).toBe(true)
})

test.each([8, 9] as const)('what version %i applied, Godwit undoes, and the other way round', async (major) => {
  const project = await peerProject(major, files)
  expect(await project.peer('up', { count: 2 })).toEqual(names.slice(0, 2))
  const status = await (await project.godwit()).status()
  expect(status.migrations.map(({ name, state }) => [name, state])).toEqual([
    [names[0], 'applied'],
    [names[1], 'applied'],
    [names[2], 'pending'],
    [names[3], 'pending'],
  ])
  expect(await upWithGodwit(project, 1)).toEqual([names[2]])
  expect(await project.peer('up')).toEqual([names[3]])
  expect(await downWithGodwit(project, 2)).toEqual([names[3], names[2]])
  expect(await project.peer('down')).toEqual([names[1]])
  expect(await downWithGodwit(project)).toEqual([names[0]])
  expect(await project.rows()).toEqual([])
  expect(await upWithGodwit(project)).toEqual(names)
  expect(await project.peer('down', { count: 4 })).toEqual(names.toReversed())
  expect(await project.database.query(`select to_regclass('users') as users, to_regclass('posts') as posts`)).toEqual([
    { users: null, posts: null },
  ])
  expect(await upWithGodwit(project)).toEqual(names)
})

test.each([8, 9] as const)('puts names in the order of version %i', async (major) => {
  const mixed = ['1700000000000_b.sql', '1700000000000_a.js', '1700000000000_A.sql', '1700000000000_a-10.js']
  mixed.push('1700000000000_a-9.js', '1700000000000_é.js', '20231114221320000_same time in utc.sql', '0001_first.sql')
  mixed.push('20231114221319999_just before.sql', '2_second.js', '10_tenth.sql', '20240101000000_fourteen.js')
  mixed.push('1700000000001_x.sql.sql', '99999999999999999_no such day.sql', '5-dash.js', '123456789-dash.sql')
  const texts = mixed.map((file) => [file, file.endsWith('.js') ? 'exports.up = () => {}' : 'select 1'])
  const byPeer = await peerProject(major, Object.fromEntries(texts))
  const byGodwit = await peerProject(major, Object.fromEntries(texts))
  expect(await upWithGodwit(byGodwit)).toEqual(await byPeer.peer('up'))
})

test.each([8, 9] as const)('undoes in the order of application, as version %i does', async (major) => {
  const project = await peerProject(major, {
    '2_b.sql': '-- Up Migration\ncreate table b ();\n-- Down Migration\ndrop table b;',
  })
  await project.peer('up')
  await writeFile(
    `${project.dir}/migrations/1_a.sql`,
    '-- Up Migration\ncreate table a ();\n-- Down Migration\ndrop table a;',
  )
  await expect((await project.godwit()).up()).rejects.toMatchObject({ code: 'GODWIT_OUT_OF_ORDER' })
  await project.peer('up', { checkOrder: false })
  expect(await downWithGodwit(project, 2)).toEqual(['1_a', '2_b'])
})

test.each([8, 9] as const)("excludes version %i's runner by its lock", async (major) => {
  const project = await peerProject(major, {
    '1_slow.js': `exports.up = async (pgm) => { await pgm.db.query('select pg_sleep(1.5)') }`,
  })
  const running = upWithGodwit(project)
  await expect
    .poll(() =>
      project.database.query(
        `select from pg_stat_activity where query like '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`,
      ),
    )
    .toHaveLength(1)
  await expect(project.peer('up')).rejects.toThrow(/already running/)
  await running
  expect(await project.rows()).toMatchObject([{ name: '1_slow' }])
})

test.each([8, 9] as const)('a migration without a transaction, on version %i', async (major) => {
  const migration = {
    '1_a.sql': 'create table a (id int);',
    '2_b.js': `exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('a', 'id', { concurrently: true }) }`,
  }
  const project = await peerProject(major, migration)
  expect(await upWithGodwit(project)).toEqual(['1_a', '2_b'])
  expect(await project.database.query(`select indisvalid from pg_index where indrelid = 'a'::regclass`)).toEqual([
    { indisvalid: true },
  ])
  expect(await downWithGodwit(project)).toEqual(['2_b'])
  await project.peer('up')
  expect(await downWithGodwit(project)).toEqual(['2_b'])
})

test('the embedded database takes them all', async () => {
  const project = await peerProject(9, files)
  const godwit = await openProject({ cwd: project.dir, databaseUrl: 'embedded', env: {} })
  for (const step of [1, 2]) {
    const up = await godwit.up()
    expect([up.error, up.steps.map(({ name }) => name)]).toEqual([undefined, step === 1 ? names : names.slice(-2)])
    const down = await godwit.down({ step: 2 })
    expect([down.error, down.steps.map(({ name }) => name)]).toEqual([undefined, names.slice(-2).toReversed()])
  }
})

test.each([8, 9] as const)('schemas are made and used as version %i does', async (major) => {
  const section = {
    schema: ['app', 'public'],
    createSchema: true,
    migrationsSchema: 'history',
    createMigrationsSchema: true,
  }
  const migration = {
    '1_a.js': `exports.up = (pgm) => { pgm.createTable('a', { id: 'id' }) }`,
    '2_b.sql': 'create table b ();',
    '3_c.js': `exports.up = async (pgm) => { await pgm.db.query('create table c ()') }`,
  }
  const byPeer = await peerProject(major, migration, { section })
  const byGodwit = await peerProject(major, migration, { section })
  await byPeer.peer('up', section as unknown as { schema: string })
  await upWithGodwit(byGodwit)
  const where = `select schemaname, tablename from pg_tables where schemaname in ('app', 'public', 'history') order by 1, 2`
  expect(await byGodwit.database.query(where)).toEqual(await byPeer.database.query(where))
  expect(await byGodwit.rows('history.pgmigrations')).toEqual(await byPeer.rows('history.pgmigrations'))
})

test.each([8, 9] as const)('its own config may give up the order, on version %i', async (major) => {
  const project = await peerProject(major, { '2_b.sql': 'select 1' }, { section: { checkOrder: false } })
  await project.peer('up')
  await writeFile(`${project.dir}/migrations/1_a.sql`, 'select 1')
  expect(await upWithGodwit(project)).toEqual(['1_a'])
})

test('camel case becomes snake case', async () => {
  const migration = { '1_a.js': `exports.up = (pgm) => { pgm.createTable('userNames', { createdAt: 'int' }) }` }
  const project = await peerProject(9, migration, { section: { decamelize: true } })
  await upWithGodwit(project)
  expect(await project.database.query('select created_at from user_names')).toEqual([])
})

test('names with quotes, spaces and letters beyond ASCII go both ways', async () => {
  const odd = {
    '1_it\'s a "name" ü.sql': '-- Up Migration\nselect 1;\n-- Down Migration\nselect 2;',
    '2_x.sql.sql': 'select 1',
  }
  const project = await peerProject(9, odd)
  await upWithGodwit(project)
  expect(await project.peer('up')).toEqual([])
  expect(await project.rows()).toMatchObject([{ name: '1_it\'s a "name" ü' }, { name: '2_x.sql' }])
  const error = await (await project.godwit()).down().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'GODWIT_IRREVERSIBLE' })
})

test.each([8, 9] as const)('settling by hand writes the rows that version %i reads', async (major) => {
  const project = await peerProject(major, files)
  const godwit = await project.godwit()
  await godwit.resolve(names[0]!, 'applied')
  expect(await project.rows()).toMatchObject([{ name: names[0] }])
  await godwit.resolve(names[0]!, 'rolled-back')
  expect(await project.rows()).toEqual([])
  await project.peer('up', { fake: true })
  expect((await godwit.status()).migrations.every(({ state }) => state === 'applied')).toBe(true)
})

test('a name that two runners without the lock recorded twice counts once', async () => {
  const project = await peerProject(9, {
    '1_a.sql': '-- Up Migration\nselect 1;\n-- Down Migration\nselect 1;',
    '2_b.sql': 'select 1',
  })
  await project.peer('up')
  await project.database.query(`insert into pgmigrations (name, run_on) values ('1_a', now())`)
  expect(await downWithGodwit(project)).toEqual(['1_a'])
  expect(await project.rows()).toMatchObject([{ name: '2_b' }])
})

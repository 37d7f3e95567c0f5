import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { readWholeCatalogue } from '../support/catalogue.js'
import { createDatabase, type TestDatabase } from '../support/database.js'
import { describeWithTools } from '../support/postgres-tools.js'
import { type BackupProject, backupProject, errorOf, fakeTools } from './project.js'

const files = {
  'migrations/1_users.sql':
    "create table users (id int primary key, name text);\ninsert into users select i, 'n' || i from generate_series(1, 10) i;\n",
  'migrations/2_more.sql':
    'create schema app; create table app.more (u int references public.users); create view v as select id from users;\n',
}

interface Backed {
  database: TestDatabase
  project: BackupProject
  file: string
}

/** A database behind the first of two migrations, and a backup of it. */
async function backed(config: Record<string, unknown> = {}): Promise<Backed> {
  const database = await createDatabase(15)
  const project = backupProject({ database: database.url, ...config }, files)
  await (await project.open()).up({ to: '1_users' })
  const { file } = await (await project.open()).backup()
  return { database, project, file }
}

const stateOf = async ({ query }: TestDatabase) => ({
  catalogue: await readWholeCatalogue(query),
  users: await query('select * from users order by 1'),
})

describeWithTools('a restore', () => {
  test('onto a database that is not empty is refused, and changes nothing', async () => {
    const { database, project, file } = await backed()
    await (await project.open()).up()
    const before = await stateOf(database)
    const error = await errorOf((await project.open()).restore(file))
    expect(error).toMatchObject({ code: 'GODWIT_RESTORE_NOT_EMPTY', exitCode: 5 })
    expect(error.message).toContain('table public.users')
    expect(error.message).toContain('schema app (1 table)')
    expect(error.hint).toContain('--clean')
    expect(await stateOf(database)).toEqual(before)
  })

  test('with --clean takes the place of all that is there, also of what the backup does not know', async () => {
    const { database, project, file } = await backed()
    const before = await stateOf(database)
    await (await project.open()).up()
    await database.query(
      "delete from users where id > 2; create function f() returns int language sql as 'select 1'; select lo_create(4711)",
    )
    const asked = await errorOf((await project.open()).restore(file, { clean: true }))
    expect(asked.code).toBe('GODWIT_CONFIRM_NEEDED')
    expect(asked.message).toContain('schema app (1 table)')

    const { dropped } = await (await project.open()).restore(file, { clean: true, yes: true })
    expect(dropped).toEqual(
      expect.arrayContaining(['view public.v', 'function public.f', 'schema app (1 table)', '1 large objects']),
    )
    expect(await stateOf(database)).toEqual(before)
    const { migrations } = await (await project.open()).status()
    expect(migrations.map(({ name, state }) => [name, state])).toEqual([
      ['1_users', 'applied'],
      ['2_more', 'pending'],
    ])
    expect((await (await project.open()).up()).steps).toMatchObject([{ name: '2_more', outcome: 'done' }])
  })

  test('that fails in the middle of --clean leaves everything as it was', async () => {
    const { database, project } = await backed()
    const role = `owner_${database.name}`
    await database.query(`create role ${role}; create table zz_owned (n int); alter table zz_owned owner to ${role}`)
    const { file } = await (await project.open()).backup()
    await database.query(
      `alter table zz_owned owner to postgres; drop role ${role}; insert into users values (99, 'new')`,
    )
    const before = await stateOf(database)
    const error = await errorOf((await project.open()).restore(file, { clean: true, yes: true }))
    expect(error).toMatchObject({ code: 'GODWIT_RESTORE_FAILED', exitCode: 7 })
    expect(error.message).toContain(`role "${role}" does not exist`)
    expect(error.message).toContain('nothing was changed')
    expect(await stateOf(database)).toEqual(before)

    await (await project.open()).restore(file, { clean: true, yes: true, owners: false })
    expect(await database.query('select id from users where id = 99')).toEqual([])
  })

  test('with --clean takes the place of foreign servers', async () => {
    const { database, project } = await backed()
    await database.query(
      'create foreign data wrapper away; create server there foreign data wrapper away; create user mapping for current_user server there',
    )
    const { file } = await (await project.open()).backup()
    const before = await stateOf(database)
    await database.query('create server later foreign data wrapper away')
    const { dropped } = await (await project.open()).restore(file, { clean: true, yes: true })
    expect(dropped).toEqual(
      expect.arrayContaining(['foreign server later', 'foreign server there', 'foreign-data wrapper away']),
    )
    expect(await stateOf(database)).toEqual(before)
    expect(await database.query('select srvname from pg_foreign_server')).toEqual([{ srvname: 'there' }])
  })

  test('that fails behind large objects leaves everything as it was', async () => {
    const { database, project } = await backed()
    const role = `reader_${database.name}`
    await database.query(`create role ${role}; select lo_from_bytea(4711, 'kept'); grant select on users to ${role}`)
    const { file } = await (await project.open()).backup()
    await database.query(`drop owned by ${role}; drop role ${role}; create table newer (n int)`)
    const before = await stateOf(database)
    const error = await errorOf((await project.open()).restore(file, { clean: true, yes: true }))
    expect(error.message).toContain(`role "${role}" does not exist`)
    expect(await stateOf(database)).toEqual(before)

    await (await project.open()).restore(file, { clean: true, yes: true, owners: false })
    expect(await database.query("select to_regclass('newer') as t, lo_get(4711)::text as kept")).toEqual([
      { t: null, kept: '\\x6b657074' },
    ])
  })

  test('of a file that was cut, changed, or is none at all, is refused before anything', async () => {
    const { database, project, file } = await backed()
    const before = await stateOf(database)
    const content = readFileSync(file)
    const changed = Buffer.from(content)
    changed[changed.length - 20] = (changed[changed.length - 20] as number) ^ 0xff
    const cases: [string, Buffer, string][] = [
      ['cut', content.subarray(0, content.length - 100), 'bytes instead of'],
      ['changed', changed, 'SHA-256'],
      ['empty', Buffer.alloc(0), '0 bytes instead of'],
    ]
    for (const [name, bytes, said] of cases) {
      const other = join(project.folder, `${name}.dump`)
      writeFileSync(other, bytes)
      copyFileSync(`${file}.json`, `${other}.json`)
      const error = await errorOf((await project.open()).restore(other, { clean: true, yes: true }))
      expect(error, name).toMatchObject({ code: 'GODWIT_BACKUP_DAMAGED', exitCode: 5 })
      expect(error.message).toContain(said)
    }
    const missing = await errorOf((await project.open()).restore('nowhere.dump'))
    expect(missing).toMatchObject({ code: 'GODWIT_BACKUP_FILE' })
    expect(await stateOf(database)).toEqual(before)
  })

  test('of a dump that was cut and has nothing beside it rolls all of it back', async () => {
    const { database, project, file } = await backed()
    await database.query('insert into users select i, repeat(md5(i::text), 20) from generate_series(11, 20000) i')
    const { file: large } = await (await project.open()).backup({ file: 'large.dump' })
    const before = await stateOf(database)
    const content = readFileSync(large)
    const cut = join(project.folder, 'cut.dump')
    writeFileSync(cut, content.subarray(0, content.length - 20_000))
    const error = await errorOf((await project.open()).restore(cut, { clean: true, yes: true }))
    expect(['GODWIT_RESTORE_FAILED', 'GODWIT_BACKUP_DAMAGED']).toContain(error.code)
    expect(await stateOf(database)).toEqual(before)
    writeFileSync(cut, 'select 1;')
    expect(await errorOf((await project.open()).restore(cut))).toMatchObject({ code: 'GODWIT_BACKUP_DAMAGED' })
    expect(file).not.toBe(large)
  })

  test('of a plain pg_dump -Fc works, and says that nothing is known of it', async () => {
    const { project, file } = await backed()
    const other = await createDatabase(15)
    const bare = join(project.folder, 'bare.dump')
    copyFileSync(file, bare)
    const report = await (await project.open({ databaseUrl: other.url })).restore(bare)
    expect(report.backup).toBeNull()
    expect(project.events).toContainEqual({ type: 'warning', message: expect.stringContaining('whether it is whole') })
    expect(await other.query('select count(*)::int as n from users')).toEqual([{ n: 10 }])
  })

  test('goes into a server that is newer', async () => {
    const { project, file, database } = await backed()
    const other = await createDatabase(18)
    await (await project.open({ databaseUrl: other.url })).restore(file)
    expect(await other.query('select * from users order by 1')).toEqual(
      await database.query('select * from users order by 1'),
    )
  })

  test('into a production database wants its name, and leaves the mark on it', async () => {
    const { database, project, file } = await backed()
    await (await project.open()).protect(true)
    const error = await errorOf((await project.open()).restore(file, { clean: true, yes: true }))
    expect(error.code).toBe('GODWIT_CONFIRM_PRODUCTION')
    await (await project.open()).restore(file, { clean: true, confirm: database.name })
    expect((await (await project.open()).status()).production).toBe(true)
  })

  test('waits for nobody who migrates meanwhile', async () => {
    const { project, file } = await backed()
    project.put({ 'migrations/3_slow.sql': 'select pg_sleep(4);\n' })
    const running = (await project.open()).up()
    await expect
      .poll(() => project.events.some((event) => event.type === 'step-started' && event.name === '3_slow'))
      .toBe(true)
    const error = await errorOf((await project.open({ wait: 0 })).restore(file, { clean: true, yes: true }))
    expect(error).toMatchObject({ code: 'GODWIT_LOCKED', exitCode: 6 })
    expect((await running).error).toBeUndefined()
  })

  test('with --dry-run says what would go, and changes nothing', async () => {
    const { database, project, file } = await backed()
    const before = await stateOf(database)
    const report = await (await project.open()).restore(file, { clean: true, dryRun: true })
    expect(report.dropped).toContain('table public.users')
    expect(await stateOf(database)).toEqual(before)
  })

  test('is not kept when the statements end too soon', async () => {
    const { database, project, file } = await backed()
    const before = await stateOf(database)
    const tools = fakeTools({
      psql: 'exec psql "$@"',
      pg_restore: `case " $* " in *" --file=- "*) echo 'CREATE TABLE half (n int);'; echo 'pg_restore: error: could not read from input file' >&2; exit 1;; esac; exec pg_restore "$@"`,
    })
    const { PATH = '', HOME = '' } = process.env
    const opened = await project.open({ env: { PATH, HOME, GODWIT_PG_BIN: tools } })
    const error = await errorOf(opened.restore(file, { clean: true, yes: true }))
    expect(error).toMatchObject({ code: 'GODWIT_RESTORE_FAILED' })
    expect(error.message).toContain('could not read from input file')
    expect(await stateOf(database)).toEqual(before)
  })

  test('does not set what an older server does not know', async () => {
    const { project, file } = await backed()
    const other = await createDatabase(15)
    // As pg_restore writes from 17 on.
    const tools = fakeTools({
      psql: 'exec psql "$@"',
      pg_restore: `case " $* " in *" --file=- "*) echo 'SET transaction_timeout = 0;';; esac; exec pg_restore "$@"`,
    })
    const { PATH = '', HOME = '' } = process.env
    await (await project.open({ databaseUrl: other.url, env: { PATH, HOME, GODWIT_PG_BIN: tools } })).restore(file)
    expect(await other.query('select count(*)::int as n from users')).toEqual([{ n: 10 }])
  })
})

describeWithTools('a backup that is tried', () => {
  test('and is not what is said beside it', async () => {
    const { project, file } = await backed({ shadow: inject('servers').pg15 })
    const beside = `${file}.json`
    const manifest = JSON.parse(readFileSync(beside, 'utf8'))
    const said = { ...manifest, objects: { ...manifest.objects, 'table public.gone': 'x' } }
    said.tables = said.tables.map((table: { name: string }) =>
      table.name === 'public.users' ? { ...table, rows: 11 } : table,
    )
    writeFileSync(beside, JSON.stringify(said))
    const error = await errorOf((await project.open()).verifyBackup(file))
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_DIFFERS', exitCode: 3 })
    expect(error.message).toContain('table public.gone is missing')
    expect(error.message).toContain('public.users has 10 rows instead of 11')
  })

  test('is tried on no server of another version', async () => {
    const { project, file } = await backed()
    const error = await errorOf((await project.open()).verifyBackup(file, { shadow: inject('servers').pg18 }))
    expect(error).toMatchObject({ code: 'GODWIT_BACKUP_SCRATCH', exitCode: 2 })
    expect(error.message).toContain('PostgreSQL 18')
  })

  test('needs something beside it', async () => {
    const { project, file } = await backed()
    copyFileSync(file, join(project.folder, 'bare.dump'))
    expect(await errorOf((await project.open()).verifyBackup('bare.dump'))).toMatchObject({
      code: 'GODWIT_BACKUP_FILE',
    })
  })

  test('with extensions, publications, and row security that is forced', async () => {
    const database = await createDatabase(15)
    await database.query(`create extension citext; create extension pg_stat_statements; comment on extension citext is 'ours';
      create table t (name citext primary key); insert into t values ('a'), ('b');
      alter table t enable row level security; alter table t force row level security; create policy none on t using (false);
      create publication p for table t`)
    const project = backupProject({ database: database.url, shadow: inject('servers').pg15 })
    const { file } = await (await project.open()).backup()
    expect(await (await project.open()).verifyBackup(file)).toMatchObject({ tables: 1, rows: 2 })
    const other = await createDatabase(15)
    await (await project.open({ databaseUrl: other.url })).restore(file)
    expect(await readWholeCatalogue(other.query)).toEqual(await readWholeCatalogue(database.query))
  })
})

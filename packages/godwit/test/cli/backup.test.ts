import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { fakeTools } from '../backup/project.js'
import { createDatabase, type TestDatabase } from '../support/database.js'
import { describeWithTools } from '../support/postgres-tools.js'
import { type CliProject, cliProject, start } from './run-cli.js'

const files = {
  'migrations/1_users.sql': "create table users (id int primary key, name text);\ninsert into users values (1, 'a');\n",
  'migrations/2_more.sql': 'alter table users add age int;\n',
  'migrations/3_drop.sql': 'alter table users drop column name;\n',
  'migrations/4_bad.sql': 'alter table users add x nothing_of_the_kind;\n',
}

/** A project on a server that the tools are new enough for. */
async function shop(): Promise<CliProject & { database: TestDatabase }> {
  const project = await cliProject(files)
  const database = await createDatabase(15)
  const config = { format: 'sql', migrations: 'migrations', database: database.url, shadow: database.url }
  project.put({ 'godwit.config.json': JSON.stringify(config) })
  return { ...project, database }
}

function backupsOf({ folder }: CliProject): string[] {
  return readdirSync(join(folder, 'backups')).filter((name) => name !== '.gitignore')
}

const until = (check: () => unknown) => expect.poll(check, { timeout: 20_000 }).toBeTruthy()

describeWithTools('godwit backup and restore', () => {
  test('from end to end, as people see it', async () => {
    const project = await shop()
    await project.run('up', '--to', '2_more')
    const backup = await project.run('backup', '--verify')
    expect(backup).toMatchObject({ code: 0, stderr: '' })
    const [dump = ''] = backupsOf(project)
    expect(backup.stdout).toContain(`✓ backups/${dump}`)
    expect(backup.stdout).toContain('behind 2_more, with 2 migrations applied')
    expect(backup.stdout).toContain('✓ restored on scratch database on')
    expect(backup.stdout).toContain(`Bring it back: godwit restore backups/${dump} --clean\n`)

    await project.database.query('delete from users')
    const refused = await project.run('restore', `backups/${dump}`)
    expect(refused.code).toBe(5)
    expect(refused.stderr).toContain(`godwit restore backups/${dump} --clean`)
    const unagreed = await project.run('restore', `backups/${dump}`, '--clean')
    expect(unagreed.code).toBe(5)
    expect(unagreed.stderr).toContain(`godwit restore backups/${dump} --clean --yes`)
    const dry = await project.run('restore', `backups/${dump}`, '--clean', '--dry-run')
    expect(dry.stdout).toContain('table public.users')
    const restored = await project.run('restore', `backups/${dump}`, '--clean', '--yes')
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(await project.database.query('select name from users')).toEqual([{ name: 'a' }])
  })

  test('--dry-run writes nothing', async () => {
    const project = await shop()
    const { code, stdout } = await project.run('backup', 'x.dump', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toMatch(/would back up .* to x\.dump, by pg_dump \d/)
    expect(readdirSync(project.folder)).not.toContain('x.dump')
  })

  test('the password is no argument of the tool, and in no output', async () => {
    const project = await shop()
    const { password } = new URL(project.database.url)
    const seen = join(project.folder, 'seen')
    const tool = `[ "$1" = --version ] || { echo "$@" > ${seen}.args; env > ${seen}.env; }; exec pg_dump "$@"`
    const { PATH = '' } = process.env
    const env = { GODWIT_PG_BIN: fakeTools({ pg_dump: tool }), PATH, PGHOSTADDR: '192.0.2.1', PGSERVICE: 'another' }
    const { code, stdout } = await project.runWith(env, 'backup', '--verbose')
    expect(code).toBe(0)
    expect(stdout).not.toContain(password)
    expect(readFileSync(`${seen}.args`, 'utf8')).not.toContain(password)
    const given = readFileSync(`${seen}.env`, 'utf8')
    expect(given).toContain(`PGPASSWORD=${password}\n`)
    expect(given).toContain('PGSSLMODE=disable\n')
    expect(given).not.toMatch(/PGSERVICE|PGHOSTADDR/)
  })

  test('a wrong password is said before any tool is asked', async () => {
    const project = await shop()
    const url = new URL(project.database.url)
    url.password = 'wrong-one'
    const { code, stderr } = await project.run('backup', '--database-url', url.toString())
    expect(code).toBe(8)
    expect(stderr).toContain('GODWIT_CONNECTION_PASSWORD')
    expect(stderr).not.toContain('wrong-one')
  })

  test('Ctrl-C ends the tool, and leaves no half a file', async () => {
    const project = await shop()
    const pid = join(project.folder, 'pid')
    const tool = `case "$1" in --version) echo 'pg_dump (PostgreSQL) 15.1';; *) for a; do case "$a" in --file=*) echo half > "\${a#--file=}";; esac; done; echo $$ > ${pid}; exec sleep 60;; esac`
    const env = { GODWIT_PG_BIN: fakeTools({ pg_dump: tool }) }
    const { child, ended } = start(project.folder, env, ['backup'])
    await until(() => readdirSync(project.folder).includes('pid') && readFileSync(pid, 'utf8') !== '')
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(code).toBe(130)
    expect(stderr).toContain('GODWIT_INTERRUPTED')
    expect(backupsOf(project)).toEqual([])
    expect(() => process.kill(Number(readFileSync(pid, 'utf8')), 0)).toThrow('ESRCH')
  })

  test('Ctrl-C in the middle of a restore leaves everything as it was', async () => {
    const project = await shop()
    await project.run('up', '--to', '1_users')
    await project.run('backup', 'a.dump')
    await project.database.query("insert into users values (2, 'b')")
    const holder = new pg.Client({ connectionString: project.database.url })
    await holder.connect()
    onTestFinished(() => holder.end())
    await holder.query('begin; lock table users in access share mode')
    const { child, ended } = project.start('restore', 'a.dump', '--clean', '--yes')
    const waits = () =>
      project.database.query(
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%DROP TABLE%'",
      )
    await expect.poll(async () => (await waits()).length, { timeout: 20_000 }).toBeGreaterThan(0)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    await holder.query('commit')
    expect(await project.database.query('select id from users order by 1')).toEqual([{ id: 1 }, { id: 2 }])
  })
})

describeWithTools('godwit up --backup', () => {
  test('backs up ahead of what takes data away, and says how to come back when the run fails', async () => {
    const project = await shop()
    expect((await project.run('up', '--to', '2_more', '--backup')).stdout).toContain('no backup was needed')
    expect(readdirSync(project.folder)).not.toContain('backups')
    const { code, stdout, stderr } = await project.run('up', '--backup')
    expect(code).toBe(7)
    const [dump = ''] = backupsOf(project)
    expect(stdout).toContain(`backed up to backups/${dump}`)
    expect(stdout).toContain('3_drop takes column users.name away')
    expect(stderr).toContain(`As it was before the run: godwit restore backups/${dump} --clean`)
    expect(await project.database.query('select * from users')).toEqual([{ id: 1, age: null }])

    expect((await project.run('restore', `backups/${dump}`, '--clean', '--yes')).code).toBe(0)
    expect(await project.database.query('select * from users')).toEqual([{ id: 1, name: 'a', age: null }])
  })

  test('runs nothing where no backup can be made', async () => {
    const project = await shop()
    await project.run('up', '--to', '2_more')
    const { code, stderr } = await project.runWith({ GODWIT_PG_BIN: fakeTools({}) }, 'up', '--backup')
    expect(code).toBe(2)
    expect(stderr).toContain('GODWIT_BACKUP_TOOL')
    expect(stderr).toContain('Nothing was run.')
    expect(await project.database.query('select name from users')).toEqual([{ name: 'a' }])
  })

  test('to a file that is named, beside the choice of migrations', async () => {
    const project = await shop()
    const { code, document } = await project.json('up', '--to', '3_drop', '--backup-file', 'before.dump')
    expect(code).toBe(0)
    expect(document).toMatchObject({ backup: { file: join(project.folder, 'before.dump'), kind: 'postgres' } })
  })

  test('on production the lack of one is said', async () => {
    const project = await shop()
    await project.run('protect')
    const first = await project.run('up', '--to', '1_users')
    expect(first.stderr).toContain('no backup was taken today; godwit up --backup takes one first')
    await project.run('backup')
    const second = await project.run('up', '--to', '2_more')
    expect(second).toMatchObject({ code: 0, stderr: '' })
  })
})

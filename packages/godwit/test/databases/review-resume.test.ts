import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import { start } from '../cli/run-cli.js'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'

const none = '-- godwit: transaction=none\n'

test('behind settings that cannot be made again by themselves it is not gone on with', async () => {
  const target = await createDatabase()
  const { project } = await sqlProject(target, {
    '1_a.sql': `${none}select set_config('search_path', 'other', false), set_config('app.x', '1', false);\nselect nope;`,
  })
  await project.up()
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_RESUME_SESSION' })
})

test.each([
  "perform set_config('search_path', 'other', false);",
  "execute 'set search_path to other';",
  'set search_path to other;',
  'create temporary table left_over ();',
])('nor behind a block that may leave something in its session: %s', async (body) => {
  const target = await createDatabase()
  const { project } = await sqlProject(target, {
    '1_a.sql': `${none}do $$ begin ${body} end $$;\nselect nope;`,
  })
  await project.up()
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_RESUME_SESSION' })
})

test('behind one that leaves nothing it is', async () => {
  const target = await createDatabase()
  const { project, put } = await sqlProject(target, {
    '1_a.sql': `${none}create table a (id int);\ndo $$ begin update a set id = 1; set local lock_timeout = 1; end $$;\nselect nope;`,
  })
  await project.up()
  put(
    '1_a.sql',
    `${none}create table a (id int);\ndo $$ begin update a set id = 1; set local lock_timeout = 1; end $$;\nselect 1;`,
  )
  expect((await project.up()).error).toBeUndefined()
})

test('a procedure that commits, behind what is listed of a large script, is not called again by itself', async () => {
  const target = await createDatabase()
  const filler = Array.from({ length: 1_100 }, (_, i) => `insert into t values ('${i} ${'x'.repeat(4_200)}');`)
  const { folder, project } = await sqlProject(target, {
    '0_p.sql': `create table t (x text);\ncreate table a (id int);\ncreate procedure commits() language plpgsql as
      $$ begin insert into a values (1); commit; perform pg_sleep(20); end $$;`,
    '1_a.sql': `${none}${filler.join('\n')}\ncall commits();`,
  })
  const run = start(folder, {}, ['up', '--database-url', target.url])
  while ((await target.query('select id from a').catch(() => [])).length === 0) await sleep(100)
  run.child.kill('SIGKILL')
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_IN_DOUBT' })
  expect(await target.query('select id from a')).toEqual([{ id: 1 }])
})

test('a stop ends the waiting for another session at the same build, and not that session', async () => {
  const target = await createDatabase()
  const controller = new AbortController()
  const build = 'create index concurrently i on a (id)'
  const { project, again, put, events } = await sqlProject(target, {
    '1_a.sql': `${none}create table a (id int);\nselect nope;\n${build};`,
  })
  await project.up()
  put('1_a.sql', `${none}create table a (id int);\n${build};`)
  // As a kill leaves it.
  await target.query(`update godwit.step set statements = jsonb_set(statements, '{1}', $$
    {"tag": "CREATE INDEX", "line": 3, "apart": true, "hash": "x"}$$) where outcome = 'open'`)
  const hash = (await import('node:crypto')).createHash('sha256').update(build).digest('hex').slice(0, 16)
  await target.query(
    `update godwit.step set statements = jsonb_set(statements, '{1,hash}', '"${hash}"') where outcome = 'open'`,
  )
  const [old, builder] = [
    new pg.Client({ connectionString: target.url }),
    new pg.Client({ connectionString: target.url }),
  ]
  for (const client of [old, builder]) await client.connect()
  await old.query('begin; lock table a in row exclusive mode')
  const built = builder.query(build)
  await sleep(300)
  const running = (await again({ signal: controller.signal, wait: '30s' })).up()
  while (!events.some((event) => event.type === 'recovery' && event.message.includes('waited for'))) await sleep(50)
  controller.abort('SIGINT')
  expect((await running).error).toMatchObject({ code: 'GODWIT_INTERRUPTED' })
  await old.query('commit')
  await built
  for (const client of [old, builder]) await client.end()
})

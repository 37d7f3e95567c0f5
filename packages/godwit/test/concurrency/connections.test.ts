import pg from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { RUNNER_LOCK } from '../../src/databases/postgres/journal.js'
import { type EffectsProject, effectsProject, type FormatName, queryOn, type Steps } from './support/effects-project.js'
import { type OwnServer, startOwnServer } from './support/own-server.js'
import { until, untilSaid } from './support/until.js'

const MOST = 10
const NO_HEARTBEAT = 'the lease could not be renewed: sorry, too many clients already'

let server: OwnServer
beforeAll(async () => {
  server = await startOwnServer([`max_connections=${MOST}`, 'superuser_reserved_connections=0'])
})
afterAll(() => server?.remove())

// Goes on when the test says so, however long that takes.
const patient = 'do $$ begin while not (select said from go) loop perform pg_sleep(0.05); end loop; end $$'

interface Crowded extends EffectsProject {
  /** One of the sessions that take up all places but those that are left. */
  look: pg.Client
  others: pg.Client[]
}

/** A project on an empty database of a server that has this many places left. */
async function withPlacesLeft(left: number, steps: Steps, format: FormatName = 'sql'): Promise<Crowded> {
  const name = `crowded_${format.replaceAll('-', '_')}_${left}_${Object.keys(steps).length}`
  await queryOn(server.url, `create database ${name}`)
  const url = server.url.replace(/\/postgres$/, `/${name}`)
  const project = await effectsProject(format, url, steps)
  await queryOn(url, 'create table go as select false as said')
  // Places come free a little after their sessions have gone.
  await until(async () => (await places(url)) === 1)
  const sessions = Array.from({ length: MOST - left }, () => new pg.Client({ connectionString: url }))
  for (const session of sessions) await session.connect()
  onTestFinished(async () => {
    await Promise.all(sessions.map((session) => session.end()))
  })
  const [look, ...others] = sessions as [pg.Client, ...pg.Client[]]
  return { ...project, look, others }
}

const taken = `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend'`

async function places(url: string): Promise<number> {
  return (await queryOn<{ n: number }>(url, taken))[0]?.n ?? 0
}

async function leave({ look, others }: Crowded): Promise<void> {
  for (const session of others) await session.end()
  await until(async () => (await look.query<{ n: number }>(taken)).rows[0]?.n === 1)
}

test('no place is left: exit code 8 with what the server says, and nothing is changed', async () => {
  const project = await withPlacesLeft(0, { m1: '' })
  for (const command of ['status', 'up']) {
    const { code, stderr } = await project.start(command).ended
    expect(stderr).toContain('GODWIT_CONNECTION_TOO_MANY')
    expect(stderr).toContain('sorry, too many clients already')
    expect(code).toBe(8)
  }
  const { rows } = await project.look.query(`select to_regnamespace('godwit') as journal,
    to_regclass('godwit_migrations') as history, to_regclass('effects') as effects`)
  expect(rows).toEqual([{ journal: null, history: null, effects: null }])
  await leave(project)
  expect(await project.up()).toMatchObject({ code: 0 })
})

test.each(['sql', 'node-pg-migrate', 'typeorm', 'prisma'] as const)(
  'one place is left, %s: the run needs no more, though its lease cannot be renewed',
  async (format) => {
    const project = await withPlacesLeft(1, { m1: '', m2: patient, m3: '' }, format)
    const running = project.start('up', '--verbose')
    await untilSaid(running, NO_HEARTBEAT)
    await project.look.query('update go set said = true')
    expect(await running.ended).toMatchObject({ code: 0 })
    await leave(project)
    expect(await project.effects()).toEqual(['m1', 'm2', 'm3'])
    expect(await project.history()).toHaveLength(3)
  },
)

test('whose statement is under way is not ended by one who waits, though its lease ran out', async () => {
  const project = await withPlacesLeft(2, { m1: '', m2: patient, m3: '', m4: '' })
  const { look } = project
  await look.query('select pg_advisory_lock($1)', [RUNNER_LOCK.toString()])
  const both = [0, 1].map(() => project.start('up', '--verbose', '--json'))
  const connected = `select count(*)::int as n from pg_stat_activity where application_name like 'godwit (%'`
  await until(async () => (await look.query<{ n: number }>(connected)).rows[0]?.n === 2)
  const said = Promise.race(both.map((each) => untilSaid(each, NO_HEARTBEAT)))
  await look.query('select pg_advisory_unlock_all()')
  await said
  await look.query(`update godwit.lease set expires_at = clock_timestamp() - interval '1 s'`)
  // Long enough for the other to have looked.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await look.query('update go set said = true')
  const reports = (await Promise.all(both.map(({ ended }) => ended))).map(({ code, stdout }) => ({
    code,
    steps: (JSON.parse(stdout) as { steps: object[] }).steps.length,
  }))
  expect(reports.sort((a, b) => b.steps - a.steps)).toEqual([
    { code: 0, steps: 4 },
    { code: 0, steps: 0 },
  ])
  await leave(project)
  expect(await project.effects()).toEqual(['m1', 'm2', 'm3', 'm4'])
})

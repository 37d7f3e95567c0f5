import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { sqlProject } from '../contract/sql-project.js'
import { createDatabase } from '../support/database.js'

// What the system will do of itself is seen with a tool of Linux.
const sockets = () => spawnSync('ss', ['-tnop'], { encoding: 'utf8' }).stdout ?? ''

test.runIf(sockets().includes('State'))(
  'a server that vanished while a statement ran is noticed within seconds',
  async () => {
    const database = await createDatabase()
    const { project } = await sqlProject(database, { '1_a.sql': 'select pg_sleep(2)' })
    const running = project.up()
    const sleeping = "select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    while ((await database.query(sleeping)).length === 0) await sleep(20)
    const mine = () =>
      sockets()
        .split('\n')
        .filter((line) => line.includes(`pid=${process.pid},`) && line.includes(`:${new URL(database.url).port} `))
    // As long as the server has not confirmed what it was sent, another timer is shown.
    await vi.waitFor(() => expect(mine()).toEqual([expect.stringMatching(/timer:\(keepalive,\d+(\.\d+)?m?s/)]))
    await running
  },
)

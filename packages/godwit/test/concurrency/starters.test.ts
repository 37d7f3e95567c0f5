import { expect, test } from 'vitest'
import { createDatabase } from '../support/database.js'
import { effectsProject, plainSteps } from './support/effects-project.js'
import { holdLock, locks } from './support/holding.js'
import { until } from './support/until.js'

const STARTERS = 50

const connected = `select count(*)::int as n from pg_stat_activity
  where datname = current_database() and application_name like 'godwit%'`

// They all look at an empty database, and are let go at the same moment.
test.each(['sql', 'node-pg-migrate', 'typeorm'] as const)(
  `${STARTERS} starters, %s: each migration is run once, and everyone is content`,
  async (format) => {
    const database = await createDatabase()
    const steps = plainSteps(4)
    const project = await effectsProject(format, database.url, steps)
    const gate = await holdLock(database.url, locks.godwit, 'gate')
    const running = Array.from({ length: STARTERS }, () => project.start('up', '--wait', '5m', '--json'))
    const count = async () => (await project.query<{ n: number }>(connected))[0]?.n ?? 0
    let early = 0
    for (const { ended } of running) void ended.then(() => early++)
    await until(async () => early > 0 || (await count()) >= STARTERS)
    // None ran past the lock, and a waiter holds one connection (rule 6).
    expect(early).toBe(0)
    expect(await count()).toBe(STARTERS)
    expect(await project.history()).toEqual([])
    await gate.release()
    const outcomes = await Promise.all(running.map(({ ended }) => ended))
    expect(outcomes.filter(({ code }) => code !== 0)).toEqual([])
    expect(await project.effects()).toEqual(Object.keys(steps))
    const history = await project.history()
    expect(history).toHaveLength(4)
    expect(new Set(history).size).toBe(4)
    // One did it all; the others came to a history that was complete.
    const ran = outcomes.map(({ stdout }) => (JSON.parse(stdout) as { steps: object[] }).steps.length)
    expect(ran.sort((a, b) => b - a)).toEqual([4, ...Array<number>(STARTERS - 1).fill(0)])
  },
  120_000,
)

import { readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { sqlProject } from '../sql-project.js'
import type { Subject } from '../subject.js'

const files = {
  '1_a.sql': 'create table a (id int);\ncreate table a2 ();',
  '1_a.down.sql': 'drop table a, a2;',
  '2_b.sql': 'create table b ();',
}

/** What the journal tells afterwards. */
export function logContract(subject: Subject): void {
  test('without a journal there are no runs, and nothing is made', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, files)
    expect(await project.log()).toMatchObject({ format: 'sql', journal: 'absent', runs: [], more: false })
    expect(await project.log({ name: '2_b' })).toMatchObject({ journal: 'absent', runs: [] })
    await expect(project.log({ name: 'nope' })).rejects.toMatchObject({ code: 'GODWIT_UNKNOWN_MIGRATION' })
    expect(await target.query(`select to_regnamespace('godwit') as g`)).toEqual([{ g: null }])
  })

  test('runs, the newest first, with their steps, statements, times, owner and outcome', async () => {
    const target = await subject.open()
    const { project, put } = await sqlProject(target, files)
    await project.up()
    await project.down({ only: '1_a' })
    put('3_c.sql', 'create table c ();\nselect nope;')
    await project.up({ only: '3_c' })
    const { journal, runs, more } = await project.log()
    expect({ journal, more }).toEqual({ journal: 'ready', more: false })
    const short = runs.map(({ command, outcome, steps }) => [command, outcome, steps.map(inShort)])
    expect(short).toEqual([
      ['up', 'failed', ['1_a up passed', '3_c up failed']],
      ['down', 'done', ['1_a down done']],
      ['up', 'done', ['1_a up done', '2_b up done']],
    ])
    const [failed, , first] = runs
    expect(first).toMatchObject({
      id: expect.stringMatching(/^\d+$/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      by: expect.stringContaining(`@${hostname()}`),
      pid: process.pid,
      dbUser: 'postgres',
      startedAt: expect.any(Date),
      finishedAt: expect.any(Date),
    })
    expect(Math.abs(Date.now() - Number(first?.startedAt))).toBeLessThan(3_600_000)
    expect(first?.durationMs).toBe(Math.round(Number(first?.durationMs)))
    expect(first?.durationMs).toBeGreaterThanOrEqual(0)
    expect(first?.steps[0]).toEqual({
      name: '1_a',
      direction: 'up',
      outcome: 'done',
      mode: 'one',
      done: 2,
      statements: [
        { tag: 'CREATE TABLE', line: 1, hash: expect.any(String) },
        { tag: 'CREATE TABLE', line: 2, hash: expect.any(String) },
      ],
      error: null,
      startedAt: expect.any(Date),
      finishedAt: expect.any(Date),
      durationMs: expect.any(Number),
    })
    expect(failed?.steps[1]).toMatchObject({ error: expect.stringContaining('nope'), durationMs: expect.any(Number) })
  })

  test('one migration by a part of its name, also when its file is gone; at most so many runs', async () => {
    const target = await subject.open()
    const { project, folder } = await sqlProject(target, { ...files, '2_b.down.sql': 'drop table b' })
    await project.up()
    for (let i = 0; i < 2; i++) await project.redo()
    await project.down()
    for (const name of readdirSync(join(folder, 'migrations'))) {
      if (name.startsWith('2_b')) rmSync(join(folder, 'migrations', name))
    }
    const { runs, more } = await project.log({ name: '_b', limit: 2 })
    expect(more).toBe(true)
    expect(runs.map(({ command, steps }) => [command, ...steps.map(inShort)])).toEqual([
      ['down', '2_b down done'],
      ['redo', '2_b up done'],
    ])
    expect((await project.log({ name: '1_a' })).runs.map(({ steps }) => steps.map(inShort))).toEqual([['1_a up done']])
    const all = await project.log({ limit: 6 })
    expect(all).toMatchObject({ more: false, runs: { length: 6 } })
    await expect(project.log({ name: '_' })).rejects.toMatchObject({ code: 'GODWIT_AMBIGUOUS_NAME', exitCode: 2 })
    await expect(project.log({ name: 'nope' })).rejects.toMatchObject({ code: 'GODWIT_UNKNOWN_MIGRATION' })
    for (const limit of [0, -1, 1.5, Number.NaN])
      await expect(project.log({ limit })).rejects.toMatchObject({ code: 'GODWIT_LIMIT', exitCode: 2 })
  })

  test('two runs on one session have each their own steps', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, { ...files, '2_b.down.sql': 'drop table b' })
    await project.up()
    await project.reset({ yes: true })
    const { runs } = await project.log({ limit: 2 })
    expect(runs.map(({ steps }) => steps.map(inShort))).toEqual([
      ['1_a up done', '2_b up done'],
      ['2_b down done', '1_a down done'],
    ])
  })

  test('a step that stopped outside a transaction is open, and settled once it was settled', async () => {
    const target = await subject.open()
    const text = '-- godwit: transaction=none\ncreate table a ();\nselect nope;\ncreate table b ();'
    const { project } = await sqlProject(target, { '1_a.sql': text })
    await project.up()
    const stopped = async () => (await project.log()).runs.at(-1)?.steps[0]
    expect(await stopped()).toMatchObject({ outcome: 'open', done: 1, finishedAt: null, durationMs: null })
    expect((await stopped())?.statements).toHaveLength(3)
    await project.resolve('1_a', 'rolled-back')
    expect(await stopped()).toMatchObject({ outcome: 'settled', done: 1, mode: 'none', durationMs: null })
    const [settling] = (await project.log()).runs
    expect(settling).toMatchObject({ command: 'resolve', outcome: 'done', steps: { length: 1 } })
    expect(settling?.steps[0]).toMatchObject({ direction: 'down', outcome: 'settled', mode: null })
  })

  test('what was there before Godwit is adopted', async () => {
    const target = await subject.open()
    const { project, put, again } = await sqlProject(target, { '1_a.sql': 'create table a ()' })
    await project.up()
    await target.query('drop schema godwit cascade')
    put('2_b.sql', 'create table b ()')
    await (await again()).up()
    expect((await project.log()).runs.map(({ steps }) => steps.map(inShort))).toEqual([
      ['1_a up adopted', '2_b up done'],
    ])
  })

  test('runs of another history in the same database are left out', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, files)
    await project.up()
    await target.query(`create schema elsewhere; alter table godwit_migrations set schema elsewhere;
      update godwit.step set history = 'elsewhere.godwit_migrations'`)
    const other = await sqlProject(target, { '1_other.sql': 'create table other ()' })
    await other.project.up()
    expect((await other.project.log()).runs.map(({ steps }) => steps.map(inShort))).toEqual([['1_other up done']])
    await expect(other.project.log({ name: '2_b' })).rejects.toMatchObject({ code: 'GODWIT_UNKNOWN_MIGRATION' })
  })

  if (!subject.server) return

  test('a run under way is running; one whose process is gone did not end', async () => {
    const target = await subject.open()
    const { project } = await sqlProject(target, { '1_a.sql': 'create table a ();\nselect pg_sleep(30);' })
    const running = project.up()
    const asleep = `select pid from pg_stat_activity where datname = current_database() and query ilike '%pg_sleep%' and state = 'active' and pid <> pg_backend_pid()`
    while ((await target.query(asleep)).length === 0) await sleep(50)
    expect((await project.log()).runs).toMatchObject([{ outcome: 'running', finishedAt: null, durationMs: null }])
    await target.query(`select pg_terminate_backend(pid) from (${asleep}) as a`)
    await running
    // As a process that was killed leaves it.
    await target.query('update godwit.run set outcome = null, finished_at = null')
    expect((await project.log()).runs).toMatchObject([{ outcome: 'unfinished' }])
  })
}

function inShort({ name, direction, outcome }: { name: string; direction: string; outcome: string }): string {
  return `${name} ${direction} ${outcome}`
}

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Outcome, Running } from '../cli/run-cli.js'
import { createDatabase } from '../support/database.js'
import { type EffectsProject, effectsProject, packageFolder, plainSteps } from './support/effects-project.js'
import { until, untilSaid } from './support/until.js'

const ALREADY = 'Another migration is already running'
const slow = { m1: '', m2: 'select pg_sleep(3)', m3: '' }

interface Both extends EffectsProject {
  peer: () => Running
}

/** A project with the real tool beside it, run by its own command line. */
async function both(tool: string, steps: Record<string, string>): Promise<Both> {
  const database = await createDatabase()
  const project = await effectsProject('node-pg-migrate', database.url, steps, tool)
  const peer = (): Running => {
    const { PATH = '', HOME = '' } = process.env
    const bin = join(packageFolder(tool), 'bin/node-pg-migrate.js')
    const env = { PATH, HOME, DATABASE_URL: database.url }
    const child = spawn(process.execPath, [bin, 'up', '-m', 'migrations'], { cwd: project.folder, env })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (piece: string) => {
        said += piece
      })
    const ended = new Promise<Outcome>((resolve) =>
      child.on('close', (code) => resolve({ code, stdout: said, stderr: said })),
    )
    return { child, ended }
  }
  return { ...project, peer }
}

const sleeps = ({ query }: EffectsProject) =>
  until(async () => {
    const at = `select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`
    return (await query(at)).length > 0
  })

async function expectOnceEach(project: EffectsProject, names: string[]): Promise<void> {
  expect(await project.effects()).toEqual(names)
  expect(await project.history()).toEqual(names.map((name, index) => `${1_700_000_000_000 + index}_${name}`))
}

describe.each(['node-pg-migrate-8', 'node-pg-migrate'])('with the real %s', (tool) => {
  test('which comes while Godwit is at work: it says so and does nothing', async () => {
    const project = await both(tool, slow)
    const godwit = project.start('up')
    await sleeps(project)
    const refused = await project.peer().ended
    expect(refused.stderr).toContain(ALREADY)
    expect(refused.code).not.toBe(0)
    expect((await godwit.ended).code).toBe(0)
    expect(await project.peer().ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No migrations to run'),
    })
    await expectOnceEach(project, ['m1', 'm2', 'm3'])
  })

  test('which is at work when Godwit comes: Godwit waits, says for whom, and finds nothing left', async () => {
    const project = await both(tool, slow)
    const peer = project.peer()
    await sleeps(project)
    const godwit = project.start('up')
    await untilSaid(godwit, 'waiting for the lock: held by ')
    expect(await peer.ended).toMatchObject({ code: 0 })
    const { code, stdout } = await godwit.ended
    expect(stdout).not.toContain('✓')
    expect(code).toBe(0)
    await expectOnceEach(project, ['m1', 'm2', 'm3'])
  })

  test('many of both at once', async () => {
    const steps = plainSteps(6)
    const project = await both(tool, steps)
    const running = Array.from({ length: 5 }, () => [project.start('up'), project.peer()]).flat()
    const outcomes = await Promise.all(running.map(({ ended }) => ended))
    const byGodwit = outcomes.filter((_, index) => index % 2 === 0)
    const byPeer = outcomes.filter((_, index) => index % 2 === 1)
    expect(byGodwit.filter(({ code }) => code !== 0)).toEqual([])
    expect(byPeer.filter(({ code, stderr }) => code !== 0 && !stderr.includes(ALREADY))).toEqual([])
    await expectOnceEach(project, Object.keys(steps))
  })
})

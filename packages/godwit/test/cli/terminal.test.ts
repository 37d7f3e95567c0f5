import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

const cli = join(import.meta.dirname, '../../dist/cli.js')

// `script` gives a command a terminal; where it is absent (or another one) there is none to test on.
const terminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true

interface OnTerminal {
  code: number | null
  out: string
}

/** Runs a command on a terminal; `answers` are typed, or done, when what stands before them is shown. */
function onTerminal(
  folder: string,
  args: string,
  env: Record<string, string> = {},
  answers: Record<string, string | ((pid: number) => void)> = {},
): Promise<OnTerminal> {
  return new Promise((resolve) => {
    // A terminal that is made this way has no size of its own.
    const line = `stty cols 120 rows 40; "${process.execPath}" "${cli}" ${args}`
    const child = spawn('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm', ...env },
    })
    const left = new Map(Object.entries(answers))
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      out += piece
      for (const [question, answer] of left) {
        if (!out.includes(question)) continue
        left.delete(question)
        if (typeof answer === 'string') child.stdin.write(answer)
        else answer(child.pid ?? expect.unreachable())
      }
    })
    child.on('close', (code) => resolve({ code, out }))
  })
}

/** Ends the command, which `script` runs in a shell, with the signal that a supervisor sends. */
function killAsking(script: number): void {
  const childOf = (pid: number) => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))
  process.kill(childOf(childOf(script)), 'SIGTERM')
}

if (!terminal) console.log('The terminal tests are not run here: they need `script` of util-linux.')

describe.runIf(terminal)('on a terminal', () => {
  test('there are colours, but for NO_COLOR, --no-color and a dumb one', async () => {
    const { folder } = await cliProject()
    const YELLOW = '\u001b[33m'
    expect((await onTerminal(folder, 'status')).out).toContain(YELLOW)
    expect((await onTerminal(folder, 'status', { NO_COLOR: '1' })).out).not.toContain(YELLOW)
    expect((await onTerminal(folder, 'status', { TERM: 'dumb' })).out).not.toContain(YELLOW)
    expect((await onTerminal(folder, 'status --no-color')).out).not.toContain(YELLOW)
  })

  test.each([
    ['\r', ['1784_Initial.sql']],
    ['\u001b[B\r', []],
  ])('init asks whether the first migration is what the database holds; %j', async (answer, written) => {
    const { folder, database } = await cliProject({
      'package.json': '{ "devDependencies": { "godwit": "1", "pg": "8" } }',
    })
    rmSync(join(folder, 'godwit.config.json'))
    await database.query('create table a (id int)')
    const { code, out } = await onTerminal(
      folder,
      'init --format sql',
      { DATABASE_URL: database.url },
      { 'Write the first one?': answer },
    )
    expect(out).toContain('it holds 1 table and no history')
    expect(code).toBe(0)
    const files = readdirSync(join(folder, 'migrations')).map((name) => name.replace(/^\d{14}/, '1784'))
    expect(files).toEqual(written)
    expect(out).toContain(written.length > 0 ? 'is recorded as applied' : 'Next: npx godwit init --from-database')
  })

  test('the progress line is replaced by its result', async () => {
    const { folder, put } = await cliProject()
    put({ 'migrations/1_a.sql': 'create table a (id int);\nselect pg_sleep(0.3);' })
    const { out } = await onTerminal(folder, 'up')
    expect(out).toContain('▸ 1_a')
    // What a terminal shows in the end: a line that is cleared leaves nothing.
    const shown = out.split('\r\n').map((line) => line.split('\u001b[K').at(-1) ?? '')
    expect(shown.join('\n')).not.toContain('▸')
    expect(out).toMatch(/✓.* 1_a/)
  })

  test('reset names what goes and asks; a no changes nothing, a yes goes on', async () => {
    const { folder, run, database } = await cliProject()
    await run('up')
    await database.query('insert into a values (7, 7)')
    const rows = () => database.query('select count(*)::int as n from a')
    const no = await onTerminal(folder, 'reset', {}, { 'Go on?': 'n' })
    expect(no.out).toContain('what 2_b made')
    expect(no.out).toContain('GODWIT_DECLINED')
    expect([no.code, await rows()]).toEqual([5, [{ n: 2 }]])
    const stopped = await onTerminal(folder, 'reset', {}, { 'Go on?': '\u0003' })
    expect(stopped.out).toContain('GODWIT_INTERRUPTED')
    expect([stopped.code, await rows()]).toEqual([130, [{ n: 2 }]])
    const asked = onTerminal(folder, 'reset', {}, { 'Go on?': killAsking })
    expect((await asked).out).toContain('GODWIT_TERMINATED')
    expect([(await asked).code, await rows()]).toEqual([143, [{ n: 2 }]])
    const yes = await onTerminal(folder, 'reset', {}, { 'Go on?': 'y' })
    expect([yes.code, await rows()]).toEqual([0, [{ n: 1 }]])
  })

  test('of a production database the name must be typed, and --yes does not answer for it', async () => {
    const { folder, run, database } = await cliProject()
    await run('up')
    await run('protect')
    const question = 'Type its name'
    const wrong = await onTerminal(folder, 'down --yes', {}, { [question]: 'yes\r' })
    expect(wrong.out).toContain('GODWIT_DECLINED')
    expect(wrong.code).toBe(5)
    expect((await onTerminal(folder, 'down', {}, { [question]: '\u0003' })).code).toBe(130)
    const right = await onTerminal(folder, 'down', {}, { [question]: `${database.name}\r` })
    expect(right.code).toBe(0)
  })
})

test.each([{}, { FORCE_COLOR: '1' }, { NO_COLOR: '1' }])('off a terminal there are no colours: %o', async (env) => {
  const { runWith } = await cliProject()
  for (const command of ['status', 'plan', 'up', 'nope']) {
    const { stdout, stderr } = await runWith(env as Record<string, string>, command)
    expect(stdout + stderr).not.toContain('\u001b')
  }
})

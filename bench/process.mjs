import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const hasGnuTime = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, '-e', '0']).status === 0
const report = join(tmpdir(), `godwit-bench-${process.pid}-peak`)
process.on('exit', () => rmSync(report, { force: true }))
const peakMemory = new URL('programs/peak-memory.cjs', import.meta.url).pathname

/**
 * One whole process to measure.
 *
 * @typedef {{ argv: string[], cwd?: string, env?: Record<string, string | undefined> }} Program
 * @typedef {{ ms: number, peakMb: number | null, stdout: string }} Measured
 */

/**
 * Runs a program from start to exit.
 *
 * @param {Program} program
 * @returns {Promise<Measured>} wall time, and the peak of the resident memory where it can be known
 * @throws Error with what the program printed, when it fails
 */
export async function runProgram({ argv, cwd, env }) {
  const isNode = argv[0] === process.execPath
  const counted = hasGnuTime ? ['/usr/bin/time', '-q', '-f', '%M', '-o', report, ...argv] : argv
  const preload = !hasGnuTime && isNode ? { NODE_OPTIONS: `--require ${peakMemory}`, BENCH_PEAK_FILE: report } : {}
  const started = performance.now()
  const child = spawn(counted[0], counted.slice(1), {
    cwd,
    env: { ...process.env, NODE_ENV: undefined, NO_COLOR: '1', ...env, ...preload },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (piece) => {
    stdout += piece
  })
  child.stderr.on('data', (piece) => {
    stderr += piece
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const ms = performance.now() - started
  if (code !== 0)
    throw new Error(`${argv.join(' ')}\nended with ${code}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`)
  return { ms, peakMb: peakIn(report), stdout }
}

/** The path of a command on PATH, or undefined. */
export function onPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file))
}

function peakIn(report) {
  if (!existsSync(report)) return null
  const kilobytes = Number(readFileSync(report, 'utf8').trim().split('\n').at(-1))
  rmSync(report)
  return kilobytes / 1024
}

import { type ChildProcess, spawn } from 'node:child_process'
import { delimiter, dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { GodwitError } from '../errors.js'
import { builtWorker } from '../loading/built-worker.js'
import type { SeedContext } from './context.js'
import type { LoadedScript } from './load.js'

/** Refuses a program where nothing can connect. @throws GODWIT_SEED_SCRIPT_EMBEDDED */
export function refuseEmbedded({ name, file }: LoadedScript, url: string | undefined): asserts url is string {
  if (url === undefined) throw new GodwitError('GODWIT_SEED_SCRIPT_EMBEDDED', { name }, { file })
}

/**
 * Runs a program of the project's, with the target in its environment; each line that it prints is told.
 *
 * @throws GODWIT_SEED_SCRIPT, GODWIT_SEED_SCRIPT_EMBEDDED
 */
export async function runScript(seed: LoadedScript, context: SeedContext): Promise<void> {
  const { name, file } = seed
  const { url, onEvent, signal, graceMs } = context
  refuseEmbedded(seed, url)
  const child = start(seed, url, context)
  const stop = () => {
    kill(child, 'SIGINT')
    setTimeout(() => child.exitCode ?? child.signalCode ?? kill(child, 'SIGKILL'), graceMs).unref()
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const tell = (line: string) => onEvent({ type: 'seed-log', name, line })
    const [ended] = await Promise.all([endOf(child), lines(child.stdout, tell), lines(child.stderr, tell)])
    if (ended.code !== 0) throw new GodwitError('GODWIT_SEED_SCRIPT', { name, ...ended }, { file, left: 'unknown' })
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

function start({ file, command }: LoadedScript, url: string, { projectDir, env }: SeedContext): ChildProcess {
  const options = {
    cwd: projectDir,
    env: { ...env, ...withTarget(url), PATH: pathIn(projectDir, env.PATH) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'] as ['ignore', 'pipe', 'pipe', 'ipc'],
    // A group of its own: a stop reaches what the shell started.
    detached: process.platform !== 'win32',
  }
  if (command !== undefined) return spawn(command, { ...options, shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  return spawn(
    process.execPath,
    [fileURLToPath(builtWorker('seed-script.js')), resolve(projectDir, file), projectDir],
    options,
  )
}

/** The variables that programs look for their database in. */
export function withTarget(url: string): Record<string, string> {
  const usual = /^mongodb(\+srv)?:/.test(url) ? 'MONGODB_URI' : 'DATABASE_URL'
  return { [usual]: url, GODWIT_DATABASE_URL: url }
}

// As npm has it for scripts.
function pathIn(projectDir: string, path = ''): string {
  const folders: string[] = []
  for (let folder = projectDir; ; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules', '.bin'))
    if (folder === dirname(folder)) return [...folders, path].join(delimiter)
  }
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (process.platform === 'win32') child.kill(signal)
    else process.kill(-(child.pid as number), signal)
  } catch {
    // It has ended.
  }
}

function endOf(child: ChildProcess): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
}

async function lines(stream: Readable | null, tell: (line: string) => void): Promise<void> {
  if (stream !== null) for await (const line of createInterface({ input: stream })) tell(line)
}

import { exec, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { onTestFinished } from 'vitest'
import { type Executed, note } from './executed.js'

/** What a line of a document printed on both streams, and its exit code. */
export interface Ran {
  out: string
  code: number
}

/** A line that goes on until it is stopped, such as a server. */
export interface Running {
  /** Resolves with what was printed up to then, once that stands there. */
  printed: (text: string) => Promise<string>
  /** Types something, where its input is a pipe. */
  type: (text: string) => void
  /** Resolves when it has ended by itself. */
  ended: Promise<Ran>
  /** As Ctrl-C on a terminal: every process of the line gets it. Resolves when all have ended. */
  interrupt: (signal?: NodeJS.Signals) => Promise<Ran>
}

/** Where a line is typed. */
export interface Place {
  /** The example's folder, to which the line is put down. */
  system: string
  cwd: string
}

/**
 * Runs a line in a shell, as a reader types it, with nothing of the test's own environment that would change it.
 *
 * @param line several: one after the other in one shell, as long as they end with 0
 * @param place without a system the line is not put down
 * @param typed what is typed into the program then, line by line
 */
export function runLine(
  line: string | readonly string[],
  place: Pick<Place, 'cwd'> & Partial<Place>,
  env: Record<string, string>,
  typed: readonly string[] = [],
): Promise<Ran> {
  const { system, cwd } = place
  const lines = [line].flat()
  return new Promise((done) => {
    const child = exec(
      lines.join(' && '),
      { cwd, env: environment(env), timeout: 120_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : (child.exitCode ?? -1)
        // Which of several it was that failed is not known.
        const executed = code === 0 ? [...lines, ...typed] : [lines.join(' && ')]
        if (system !== undefined) for (const each of executed) note({ system, line: each, code })
        done({ out: stdout + stderr, code })
      },
    )
    child.stdin?.on('error', () => {}) // it ended before it read
    child.stdin?.end(typed.map((each) => `${each}\n`).join(''))
  })
}

/** Starts a line as {@link runLine} runs one; what is left of it when the test ends is killed. */
export function startLine(
  line: string,
  { system, cwd }: Place,
  env: Record<string, string>,
  stdin: 'ignore' | 'pipe' = 'ignore',
): Running {
  // `exec`: the shell that somebody types into is not told of the Ctrl-C.
  const child = spawn('sh', ['-c', `exec ${line}`], {
    cwd,
    env: environment(env),
    detached: true,
    stdio: [stdin, 'pipe', 'pipe'],
  })
  const executed: Executed = { system, line, code: 'stopped' }
  note(executed)
  let stopping = false
  let out = ''
  const heard = new Set<() => void>()
  const hear = (chunk: Buffer): void => {
    out += chunk
    for (const listener of heard) listener()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', hear)
  // Not `exit`: its children may still be printing.
  const ended = new Promise<Ran>((done) =>
    child.on('close', (status, signal) => {
      const code = status ?? 128 + constants.signals[signal ?? 'SIGHUP']
      if (!stopping) executed.code = code
      done({ out, code })
    }),
  )
  const kill = (signal: NodeJS.Signals): void => {
    stopping = true
    try {
      process.kill(-(child.pid as number), signal)
    } catch {} // all of them have ended
  }
  onTestFinished(() => kill('SIGKILL'))
  return {
    printed: (text) =>
      new Promise((found, failed) => {
        const look = (): void => {
          if (!out.includes(text)) return
          heard.delete(look)
          found(out)
        }
        heard.add(look)
        void ended.then(({ code }) => failed(new Error(`ended with ${code} before it printed '${text}'\n${out}`)))
        look()
      }),
    type: (text) => {
      child.stdin?.write(text)
    },
    ended,
    interrupt: (signal = 'SIGINT') => {
      kill(signal)
      return ended
    },
  }
}

// `PATH` of a caller comes ahead of everything else.
function environment({ PATH: first, ...env }: Record<string, string>): NodeJS.ProcessEnv {
  const own = /^(NODE_ENV|NODE_OPTIONS|CI|TEST|VITEST|VITE_|npm_|INIT_CWD|PG|DATABASE_|MONGO|GODWIT_)/
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name))
  const path = first === undefined ? process.env.PATH : `${first}:${process.env.PATH}`
  return { ...Object.fromEntries(kept), NO_COLOR: '1', npm_config_loglevel: 'error', ...env, PATH: path }
}

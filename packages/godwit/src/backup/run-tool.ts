import { type ChildProcess, spawn } from 'node:child_process'

const KILLED_AFTER_MS = 5_000
const KEPT = 8_000

/** How a program is started. */
export interface ToolStart {
  program: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  signal: AbortSignal | undefined
  /** Whether we write to it and read from it; what it says of itself is always kept. */
  input?: boolean
  output?: boolean
}

/** A program under way. */
export interface RunningTool {
  child: ChildProcess
  /** Settles when it has ended and all it wrote was read. Never rejects. */
  ended: Promise<ToolEnd>
  /** Asks it to end, and ends it when it does not. */
  stop: () => void
}

/** How it ended. */
export interface ToolEnd {
  ok: boolean
  /** The exit code, or the signal that ended it. */
  code: number | string
  /** The last of what it wrote to stderr. */
  said: string
}

/** Starts a program. An aborted signal stops it. */
export function startTool({ program, args, env, signal, input = false, output = false }: ToolStart): RunningTool {
  const child = spawn(program, args, {
    env,
    // In a group of its own: a Ctrl-C is for Godwit, which stops it in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: [input ? 'pipe' : 'ignore', output ? 'pipe' : 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    said = (said + piece).slice(-KEPT)
  })
  // A program that ended reads no more; its end says why.
  child.stdin?.on('error', () => {})
  let kill: NodeJS.Timeout | undefined
  const stop = (): void => {
    child.kill('SIGTERM')
    kill ??= setTimeout(() => child.kill('SIGKILL'), KILLED_AFTER_MS).unref()
  }
  const stopAtExit = (): void => void child.kill('SIGTERM')
  const ended = new Promise<ToolEnd>((resolve) => {
    const end = (code: number | string): void => {
      clearTimeout(kill)
      signal?.removeEventListener('abort', stop)
      process.removeListener('exit', stopAtExit)
      resolve({ ok: code === 0, code, said })
    }
    child.once('error', (error) => {
      said = error.message
      end(1)
    })
    child.once('close', (code, by) => end(code ?? by ?? 1))
  })
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  process.once('exit', stopAtExit)
  return { child, ended, stop }
}

/** What a program complained of, in one line: its name and its notes are left out, and a password if it should say one. */
export function complaintOf({ said, code }: Pick<ToolEnd, 'said' | 'code'>, password = ''): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) => line !== '' && !/^(?:\S+: )?(?:warning|NOTICE|hint|detail):/i.test(line) && !/^Command was:/.test(line),
    )
  const first = lines.findIndex((line) => /error|fatal|failed/i.test(line))
  const told = lines.slice(Math.max(first, 0), Math.max(first, 0) + 3).map(withoutName)
  const text = told.length === 0 ? `it ended with ${code} and said nothing` : told.join('; ')
  return password === '' ? text : text.replaceAll(password, '***')
}

function withoutName(line: string): string {
  return line
    .replace(/^(?:\S*(?:pg_dump|pg_restore|psql)(?:\.exe)?(?::<stdin>:\d+)?: )+/, '')
    .replace(/^(?:error|ERROR|FATAL): +/, '')
}

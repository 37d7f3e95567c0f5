import { spawnSync } from 'node:child_process'
import type { Clone } from './clone.js'
import type { Ran } from './lines.js'

/** Whether there is a `script` that lends a terminal to a command: `prisma migrate dev` only runs on one. */
export const hasTerminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0
if (!hasTerminal)
  process.stderr.write("What asks on a terminal is skipped: there is no util-linux 'script' on the PATH.\n")

/** Runs a line as on a terminal. The answer is typed when a question is there. */
export async function onTerminal(clone: Clone, line: string, answer = 'y'): Promise<Ran> {
  const running = clone.start(`script -qec '${line}' /dev/null`, 'pipe')
  running.printed('(y/N)').then(
    () => running.type(answer),
    () => {}, // nothing was asked
  )
  return running.ended
}

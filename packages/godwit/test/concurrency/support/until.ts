import { setTimeout as sleep } from 'node:timers/promises'
import type { Running } from '../../cli/run-cli.js'

/** Asks until the answer is yes; what it throws is a no. */
export async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check().catch(() => false))) await sleep(50)
}

/** Waits until a command has said this on its standard error. */
export function untilSaid({ child }: Running, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (piece: string) => {
      said += piece
      if (said.includes(text)) resolve()
    })
    child.once('close', () => reject(new Error(`it ended without saying '${text}': ${said}`)))
  })
}

import type { Command } from 'commander'
import { detectAll, lookedFor } from '../../project/detect.js'
import { findConfig } from '../../project/find-config.js'

/** `godwit` alone: what is here, and the one command that goes on. */
export async function nothing(program: Command): Promise<number> {
  const cwd = process.cwd()
  if (findConfig(cwd, undefined) !== undefined) {
    process.stdout.write(program.helpInformation())
    return 0
  }
  const found = detectAll(cwd)
  const lines =
    found.length === 0
      ? [
          'No project was found here. Looked for:',
          ...lookedFor.map((each) => `  ${each}`),
          '',
          'Start one: npx godwit init --format sql',
        ]
      : [
          'Found here:',
          ...found.map((each) => `  ${each.format}, by ${each.because}`),
          '',
          'Go on with: npx godwit init   or look first: npx godwit status',
        ]
  process.stdout.write(`${lines.join('\n')}\n`)
  return found.length === 0 ? 2 : 0
}

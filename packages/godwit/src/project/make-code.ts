import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { GodwitError } from '../errors.js'

/**
 * Runs a program of one of the project's packages, such as `prisma generate`; what it prints goes to stderr.
 *
 * @param command the package, which names its program, and the arguments
 * @returns the command, for people; `null`: the project does not have the package
 * @throws GODWIT_GENERATOR_FAILED
 */
export async function makeCode([name = '', ...args]: readonly string[], folder: string): Promise<string | null> {
  const command = [name, ...args].join(' ')
  const failed = (reason: string, cause?: unknown) =>
    new GodwitError('GODWIT_GENERATOR_FAILED', { command, reason }, { cause })
  const program = programOf(name, folder)
  if (program === undefined) return null
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 2, 2] })
    child.once('error', (cause) => reject(failed(cause.message, cause)))
    child.once('close', (code) => (code === 0 ? resolve() : reject(failed(`it ended with code ${code}`))))
  })
  return command
}

function programOf(name: string, folder: string): string | undefined {
  const require = createRequire(join(folder, 'package.json'))
  try {
    const manifest = require.resolve(`${name}/package.json`)
    const { bin } = require(manifest) as { bin?: string | Record<string, string> }
    const path = typeof bin === 'string' ? bin : bin?.[name]
    return path === undefined ? undefined : join(dirname(manifest), path)
  } catch {
    return undefined
  }
}

import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'

const examples = fileURLToPath(new URL('../../', import.meta.url))
const rootModules = fileURLToPath(new URL('../../../node_modules/', import.meta.url))

export interface CompileRequest {
  /** Folder of the example below `examples/`; everything that is compiled lies in it. */
  root: string
  /** Folder of the `tsconfig.json`, relative to `root`. */
  project: string
  /** Packages the compiled files import, and the folder in the repository's `node_modules` that stands for each. */
  packages: Record<string, string>
  /** Packages that are TypeScript sources of the example itself: name and entry without ending, relative to `root`. */
  sources?: Record<string, string>
}

/**
 * Type-checks an example with its own tsconfig and compiles it with the real TypeScript compiler into a folder of its own,
 * removed when the test ends.
 *
 * @returns a function that loads a compiled file, named without ending and relative to the example
 */
export async function compileExample(request: CompileRequest): Promise<<T>(file: string) => T> {
  const out = await mkdtemp(join(tmpdir(), 'godwit-example-'))
  onTestFinished(() => rm(out, { recursive: true, force: true }))
  const root = join(examples, request.root)
  await typescript('-p', join(root, request.project), '--rootDir', root, '--outDir', out)
  for (const [name, folder] of Object.entries(request.packages)) {
    const link = join(out, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(rootModules, folder), link, 'junction')
  }
  for (const [name, entry] of Object.entries(request.sources ?? {})) {
    const folder = join(out, 'node_modules', name)
    await mkdir(folder, { recursive: true })
    const target = relative(folder, join(out, entry)).replaceAll('\\', '/')
    await writeFile(join(folder, 'index.js'), `module.exports = require(${JSON.stringify(target)})\n`)
  }
  const require = createRequire(join(out, 'index.js'))
  return (file) => require(`./${file}`)
}

/** Runs the TypeScript compiler; its diagnostics are the error when it fails. */
export async function typescript(...args: string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(rootModules, 'typescript/bin/tsc'), ...args])
  } catch (cause) {
    const { stdout } = cause as { stdout?: string }
    throw new Error(`tsc ${args.join(' ')}\n${stdout ?? ''}`, { cause })
  }
}

import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, onTestFinished } from 'vitest'
import { type Ran, type Running, runLine, startLine } from './lines.js'
import { packedGodwit } from './packed.js'

const modules = fileURLToPath(new URL('../../../node_modules/', import.meta.url))

const sharedCopies: string[] = []
afterAll(async () => {
  for (const copy of sharedCopies) await rm(copy, { recursive: true, force: true })
})

/** A fresh copy of an example, with what its package.json names installed, Godwit as it is published. */
export interface Clone {
  folder: string
  /** Runs a line of a document as a shell does, or several one after the other; `at`: a folder of the example, by default the package's. */
  run: (line: string | readonly string[], env?: Record<string, string>, at?: string) => Promise<Ran>
  /** Starts a line that goes on until it is stopped; `'pipe'`: something is typed into it. */
  start: (line: string, stdin?: 'pipe') => Running
  write: (file: string, text: string) => Promise<void>
  read: (file: string) => Promise<string>
}

interface CloneOptions {
  within?: string
  env?: Record<string, string>
  copied?: string[]
  shared?: boolean
  added?: string[]
}

/**
 * Copies an example.
 *
 * @param name its folder
 * @param options `within`: the folder in it that holds the package; `env`: what every command gets besides; `copied`: packages that
 *   write beside themselves, and so are copied instead of linked; `shared`: it goes with the file, not with the running test;
 *   `added`: packages that its package.json does not name
 */
export async function cloneOf(
  name: string,
  { within = '.', env: usual = {}, copied = [], shared = false, added = [] }: CloneOptions = {},
): Promise<Clone> {
  const copy = await realpath(await mkdtemp(join(tmpdir(), `godwit-${name}-`)))
  if (shared) sharedCopies.push(copy)
  else onTestFinished(() => rm(copy, { recursive: true, force: true }))
  const example = fileURLToPath(new URL(`../../${name}`, import.meta.url))
  await cp(example, copy, { recursive: true, filter: (path) => !/node_modules|\.godwit|\/dist$|\.env$/.test(path) })
  const folder = join(copy, within)
  await install(folder, copied, added)
  const placeAt = (at: string) => ({ system: name, cwd: join(copy, at) })
  return {
    folder,
    run: (line, env = {}, at = within) => runLine(line, placeAt(at), { ...usual, ...env }),
    start: (line, stdin) => startLine(line, placeAt(within), usual, stdin),
    write: async (file, text) => {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    },
    read: (file) => readFile(join(folder, file), 'utf8'),
  }
}

// As npm would lay them: the packages, and their commands.
async function install(folder: string, copied: readonly string[], added: readonly string[]): Promise<void> {
  const manifest = join(folder, 'package.json')
  const said = JSON.parse(await readFile(manifest, 'utf8'))
  const devDependencies = { ...said.devDependencies, ...Object.fromEntries(added.map((name) => [name, '*'])) }
  if (added.length > 0) await writeFile(manifest, JSON.stringify({ ...said, devDependencies }, null, 2))
  await mkdir(join(folder, 'node_modules/.bin'), { recursive: true })
  const names = Object.keys({ ...said.dependencies, ...devDependencies })
  for (const name of names) {
    const from = name === 'godwit' ? await packedGodwit() : join(modules, name)
    const to = join(folder, 'node_modules', name)
    const { bin = {}, dependencies: needs = {} } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8'))
    await mkdir(dirname(to), { recursive: true })
    if (copied.includes(name)) {
      await cp(from, to, { recursive: true })
      names.push(...Object.keys(needs).filter((each) => !names.includes(each)))
    } else await symlink(from, to, 'junction')
    const commands: Record<string, string> = typeof bin === 'string' ? { [name]: bin } : bin
    for (const [command, file] of Object.entries(commands))
      await symlink(join(from, file), join(folder, 'node_modules/.bin', command))
  }
}

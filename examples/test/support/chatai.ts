import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { inject, onTestFinished } from 'vitest'
import type { TestDatabase } from '../../../packages/godwit/test/support/database.js'
import type { Gate } from './gate.js'
import { type Ran, type Running, runLine, startLine } from './lines.js'
import { onceARun } from './once-a-run.js'

const repository = fileURLToPath(new URL('../../../', import.meta.url))
const example = join(repository, 'examples/chatai-platform')
const rootModules = join(repository, 'node_modules')
const manifests = ['packages/shared/package.json', 'services/user-service/package.json']
const packed = ['godwit', 'godwit-nestjs']

/** A copy of the example with everything installed. */
export interface Platform {
  /** The workspace's root. */
  folder: string
  /** Runs a line, or several one after the other, in a folder of the workspace, by default the service's; `typed`: into the program. */
  run: (
    line: string | readonly string[],
    env?: Record<string, string>,
    at?: string,
    typed?: readonly string[],
  ) => Promise<Ran>
  /** Starts a line that goes on until it is stopped. */
  start: (line: string, env?: Record<string, string>, at?: string) => Running
  /** Absolute path in the service. */
  inService: (path: string) => string
  read: (path: string) => Promise<string>
  write: (path: string, text: string) => Promise<void>
}

export const service = 'services/user-service'
export const shared = 'packages/shared'

/**
 * A copy of the example, installed with pnpm as a reader would, but for the registry: Godwit's packages are packed, all others are
 * those of the repository. The file that asks for it removes its `folder`.
 */
export async function installPlatform(): Promise<Platform> {
  return copied(workspaceIn(await onceARun('chatai-installed', install)))
}

/** As {@link installPlatform}, and built. */
export async function buildPlatform(): Promise<Platform> {
  return copied(workspaceIn(await onceARun('chatai-built', build)))
}

/** A further copy of what {@link installPlatform} made, for one test. */
export async function copyOf(platform: Platform): Promise<Platform> {
  const copy = await copied(platform.folder)
  onTestFinished(() => rm(dirname(copy.folder), { recursive: true, force: true }))
  return copy
}

// All of them are equally deep: the packages of the repository are linked by relative paths.
async function copied(folder: string): Promise<Platform> {
  const home = await mkdtemp(join(inject('shared'), 'chatai-'))
  return platformIn(await copyInto(home, folder))
}

async function copyInto(home: string, workspace: string): Promise<string> {
  await layPnpm(home)
  await cp(workspace, workspaceIn(home), { recursive: true, verbatimSymlinks: true })
  return workspaceIn(home)
}

function workspaceIn(home: string): string {
  return join(home, 'ChatAI-Platform')
}

async function layPnpm(home: string): Promise<void> {
  await mkdir(join(home, 'bin'))
  await symlink(join(rootModules, '.bin/pnpm'), join(home, 'bin/pnpm'))
}

async function install(home: string): Promise<void> {
  await layPnpm(home)
  const folder = workspaceIn(home)
  await cp(example, folder, { recursive: true, filter: (path) => !/node_modules|dist$|\.godwit|\.env$/.test(path) })
  const workspace = join(folder, 'pnpm-workspace.yaml')
  const overrides = await overridesOf(home)
  await writeFile(
    workspace,
    `${await readFile(workspace, 'utf8')}storeDir: ${home}/store\ncacheDir: ${home}/cache\noverrides:\n${overrides}`,
  )
  await make(folder, 'pnpm install --offline')
}

async function build(home: string): Promise<void> {
  const folder = await copyInto(home, workspaceIn(await onceARun('chatai-installed', install)))
  await make(folder, 'pnpm build', shared)
  await make(folder, 'pnpm build', service)
}

// What is made for all files is no test's: its lines are not put down.
async function make(folder: string, line: string, at = '.'): Promise<void> {
  await expectDone(runLine(line, { cwd: join(folder, at) }, withPnpm(folder, {})))
}

/** The document's variables for a database of a test. */
export function variablesOf({ url }: Pick<TestDatabase, 'url'>): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    DATABASE_HOST: hostname,
    DATABASE_PORT: port,
    DATABASE_USER: decodeURIComponent(username),
    DATABASE_PASSWORD: decodeURIComponent(password),
    DATABASE_NAME: pathname.slice(1),
  }
}

/** The same for a database that is reached through a gate. */
export function variablesThrough(
  { port }: Pick<Gate, 'port'>,
  database: Pick<TestDatabase, 'url'>,
): Record<string, string> {
  return { ...variablesOf(database), DATABASE_HOST: '127.0.0.1', DATABASE_PORT: String(port) }
}

/** What a line printed; fails with all of it where the line did not end with 0. */
export async function expectDone(ran: Promise<Ran>): Promise<string> {
  const { out, code } = await ran
  if (code !== 0) throw new Error(`ended with ${code}\n${out}`)
  return out
}

// Next to the workspace, so that it finds no programs but pnpm and its own.
function withPnpm(folder: string, { PATH, ...env }: Record<string, string>): Record<string, string> {
  const bin = join(folder, '../bin')
  return { ...env, PATH: PATH === undefined ? bin : `${PATH}:${bin}` }
}

function platformIn(folder: string): Platform {
  const inService = (path: string) => join(folder, service, path)
  const placeAt = (at: string) => ({ system: 'chatai-platform', cwd: join(folder, at) })
  return {
    folder,
    run: (line, env = {}, at = service, typed) => runLine(line, placeAt(at), withPnpm(folder, env), typed),
    start: (line, env = {}, at = service) => startLine(line, placeAt(at), withPnpm(folder, env)),
    inService,
    read: (path) => readFile(join(folder, path), 'utf8'),
    write: (path, text) => writeFile(join(folder, path), text),
  }
}

// pnpm's own way to say where a package comes from; it holds for what Godwit's packages depend on, too.
async function overridesOf(home: string): Promise<string> {
  const wanted = await Promise.all(manifests.map((file) => dependenciesOf(join(example, file))))
  const places = new Map(wanted.flat().map((name) => [name, `link:${join(rootModules, name)}`]))
  for (const folder of packed) {
    const from = join(repository, 'packages', folder)
    const { name } = await manifestOf(join(from, 'package.json'))
    for (const dependency of await dependenciesOf(join(from, 'package.json'), ['dependencies']))
      places.set(dependency, `link:${installedFor(from, dependency)}`)
    const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', home], { cwd: from })
    places.set(name, `file:${join(home, (JSON.parse(stdout) as [{ filename: string }])[0].filename)}`)
  }
  places.delete('@chatai/shared')
  return [...places].map(([name, place]) => `  '${name}': '${place}'\n`).join('')
}

function installedFor(from: string, name: string): string {
  const own = join(from, 'node_modules', name)
  return existsSync(own) ? own : join(rootModules, name)
}

async function dependenciesOf(file: string, kinds = ['dependencies', 'devDependencies']): Promise<string[]> {
  const manifest = await manifestOf(file)
  return kinds.flatMap((kind) => Object.keys((manifest[kind] as object | undefined) ?? {}))
}

async function manifestOf(file: string): Promise<Record<string, unknown> & { name: string }> {
  return JSON.parse(await readFile(file, 'utf8'))
}

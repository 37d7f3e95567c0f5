import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { GodwitError } from '../errors.js'
import type { FormatId } from '../formats/contract.js'
import { enginePackages } from '../formats/prisma/engine/packages.js'
import { installCommand } from '../loading/package-manager.js'
import { type InitChoice, notesOn, refuseExisting } from './init-choice.js'
import { configFileName, configText } from './init-config-file.js'
import { initDatabase } from './init-database.js'
import { addMembers } from './init-json-text.js'
import { dependsOn, hasManifestAbove, type Manifest, readManifest } from './init-manifest.js'
import { prismaConfigFor } from './init-prisma-config.js'
import { buildNotes } from './init-tsconfig.js'

/** What init adds to the scripts of `package.json`. */
export const SCRIPTS = {
  'migration:status': 'godwit status',
  'migration:up': 'godwit up',
  'migration:down': 'godwit down',
  'migration:create': 'godwit create',
}

/** How a project is to be set up. */
export interface InitRequest {
  /** Absolute. */
  folder: string
  choice: InitChoice
  /** A URL or `embedded…`, as the config's `database`. */
  database?: string | undefined
  env: Readonly<Record<string, string | undefined>>
}

/** Everything init will write, and what is left to do. */
export interface InitPlan {
  format: string
  /** Names relative to the folder, with their whole new text. */
  files: { name: string; content: string; isNew: boolean }[]
  /** Folders to make. */
  folders: string[]
  /** npm scripts that are added, and those that were there already. */
  scripts: { added: string[]; kept: string[] }
  /** Packages the project lacks, and the command that installs them; `null`: nothing is missing. */
  packages: string[]
  install: string | null
  notes: string[]
  /** The next command to type. */
  next: string
}

/**
 * Plans how a project is set up; nothing is written.
 *
 * @throws GODWIT_FILE_EXISTS when the folder has a config, GODWIT_FILE_UNREADABLE, GODWIT_URL_INVALID
 */
export function planInit({ folder, choice, database: wish, env }: InitRequest): InitPlan {
  refuseExisting(folder)
  const given = readManifest(folder)
  const manifest = given ?? (hasManifestAbove(folder) ? undefined : newManifest(folder))
  const database = initDatabase(folder, choice, wish, env)
  const config = configFileName(folder, manifest)
  const files = [{ name: config, content: configText(choice, database.expression), isNew: true }]
  const prisma = choice.format === 'prisma' ? prismaConfigFor(folder) : undefined
  if (prisma !== undefined) files.push({ name: prisma.name, content: prisma.content, isNew: true })
  const scripts = { added: [] as string[], kept: [] as string[] }
  if (manifest !== undefined) {
    const { text, added } = addMembers(manifest.text, 'scripts', SCRIPTS)
    scripts.added = added
    scripts.kept = Object.keys(SCRIPTS).filter((name) => name in manifest.scripts)
    if (text !== given?.text) files.push({ name: 'package.json', content: text, isNew: given === undefined })
  }
  const ignored = database.dotenv === undefined ? ['.godwit/'] : ['.godwit/', '.env']
  for (const [name, lines] of [
    ['.gitignore', ignored.filter((line) => !isIgnored(folder, line))],
    ['.env', database.dotenv === undefined ? [] : [database.dotenv]],
  ] as const) {
    if (lines.length > 0)
      files.push({ name, content: withLines(textOf(folder, name), lines), isNew: !existsSync(join(folder, name)) })
  }
  const packages = missingPackages(folder, choice, database.embedded)
  const newFolder = choice.format === 'sql' && choice.migrations !== undefined && !/[*?{[]/.test(choice.migrations)
  const folders = newFolder && !existsSync(resolve(folder, choice.migrations ?? '')) ? [choice.migrations ?? ''] : []
  return {
    format: choice.format,
    files,
    folders,
    scripts,
    packages,
    install: packages.length === 0 ? null : installCommand(folder, `-D ${packages.join(' ')}`),
    notes: [
      ...notesOn(folder, choice),
      ...generatingNotes(folder, choice),
      ...database.notes,
      ...(prisma?.notes ?? []),
      ...(config === 'godwit.config.ts' ? buildNotes(folder) : []),
      ...(manifest === undefined ? ['There is no package.json here: no npm scripts were added.'] : []),
    ],
    next: folders.length > 0 ? 'npx godwit create <name>' : 'npx godwit status',
  }
}

/**
 * Writes what was planned. The config comes last and is never written over another one, so an interrupted init can be
 * run again.
 *
 * @throws GODWIT_FILE_EXISTS when a config has appeared in between
 */
export async function writeInit(folder: string, plan: InitPlan): Promise<void> {
  for (const each of plan.folders) await mkdir(resolve(folder, each), { recursive: true })
  for (const { name, content, isNew } of plan.files.toReversed()) {
    try {
      await writeFile(join(folder, name), content, {
        flag: isNew ? 'wx' : 'w',
        ...(name === '.env' && { mode: 0o600 }),
      })
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      throw new GodwitError('GODWIT_FILE_EXISTS', { file: name }, { cause })
    }
  }
}

/**
 * Runs the plan's install command in the folder; what it prints goes to stderr.
 *
 * @throws GODWIT_INSTALL_FAILED
 */
export async function installPackages(folder: string, command: string): Promise<void> {
  const failure = await new Promise<{ reason: string; cause?: Error } | undefined>((settle) => {
    const [program = '', ...args] = command.split(' ')
    // npm is a script on Windows, which only a shell starts.
    const shell = process.platform === 'win32'
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 2, 2], shell })
    child.once('error', (cause) => settle({ reason: cause.message, cause }))
    child.once('close', (code) => settle(code === 0 ? undefined : { reason: `it ended with code ${code}` }))
  })
  if (failure === undefined) return
  const { reason, cause } = failure
  throw new GodwitError('GODWIT_INSTALL_FAILED', { command, reason }, { cause })
}

function missingPackages(folder: string, { format }: InitChoice, embedded: boolean): string[] {
  const own: Readonly<Record<FormatId, readonly string[]>> = {
    sql: ['pg'],
    prisma: ['pg'],
    'node-pg-migrate': ['pg', 'node-pg-migrate'],
    typeorm: ['pg', 'typeorm', 'reflect-metadata'],
    mongo: ['mongodb'],
    'migrate-mongo': ['mongodb'],
  }
  const needed = ['godwit', ...own[format], ...(embedded ? ['@electric-sql/pglite'] : [])]
  return needed.filter((name) => !dependsOn(folder, name))
}

// Everything else works without.
function generatingNotes(folder: string, { format }: InitChoice): string[] {
  if (format !== 'prisma') return []
  const needed = Object.entries({ ...enginePackages, '@electric-sql/pglite': undefined })
  const missing = needed.filter(([name]) => !dependsOn(folder, name))
  if (missing.length === 0) return []
  const names = missing.map(([name, version]) => (version === undefined ? name : `${name}@${version}`))
  return [
    `To generate migrations from the schema, without a database: ${installCommand(folder, `-D ${names.join(' ')}`)}`,
  ]
}

function newManifest(folder: string): Manifest {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
  const text = `${JSON.stringify({ name: name || 'database', private: true, type: 'module' }, null, 2)}\n`
  return { text, module: true, packages: new Set(), scripts: {} }
}

function isIgnored(folder: string, line: string): boolean {
  const bare = line.replace(/\/$/, '')
  return textOf(folder, '.gitignore')
    .split(/\r?\n/)
    .some((each) => each.trim().replace(/^\//, '').replace(/\/$/, '') === bare)
}

function textOf(folder: string, name: string): string {
  const file = join(folder, name)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function withLines(text: string, lines: readonly string[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const start = text === '' || text.endsWith('\n') ? text : text + eol
  return start + lines.map((line) => line + eol).join('')
}

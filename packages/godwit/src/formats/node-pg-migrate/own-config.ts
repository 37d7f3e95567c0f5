import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import { loadModule } from '../../loading/load-module.js'
import { loadPeer, peerVersion } from '../../loading/peer.js'
import type { FormatContext } from '../contract.js'
import { unreadable } from '../files.js'
import { filenameFormats, languages, type NodePgMigrateSection } from './section.js'

/** What node-pg-migrate's own configuration says, in the words of Godwit's section. */
export type OwnConfig = Pick<
  NodePgMigrateSection,
  | 'schema'
  | 'createSchema'
  | 'useGlob'
  | 'migrationsDir'
  | 'migrationsSchema'
  | 'createMigrationsSchema'
  | 'migrationsTable'
  | 'migrationFileLanguage'
  | 'migrationFilenameFormat'
  | 'templateFileName'
  | 'ignorePattern'
  | 'checkOrder'
  | 'decamelize'
> & { connection?: unknown }

/**
 * Reads the configuration that node-pg-migrate's command would read: the file of `--config-file`, and before it what
 * the package `config` gives, when the project has that package. Of the second, JSON files are read as they are; any
 * other kind is left to the package.
 */
export async function readOwnConfig(
  section: NodePgMigrateSection,
  { projectDir, env }: Pick<FormatContext, 'projectDir' | 'env'>,
): Promise<OwnConfig> {
  const key = section.configValue ?? 'db'
  const fromPackage = await readConfigFolder(key, projectDir, env)
  if (section.configFile === undefined) return translate(fromPackage)
  const whole = await readConfigFile(resolve(projectDir, section.configFile), projectDir)
  // What was read later wins in the command as well.
  return { ...translate(fromPackage), ...translate(isRecord(whole) && key in whole ? whole[key] : whole) }
}

async function readConfigFile(path: string, projectDir: string): Promise<unknown> {
  if (path.endsWith('.json')) return readJson(path, projectDir)
  const loaded = await loadModule(path, { projectDir })
  return isRecord(loaded) && 'default' in loaded ? loaded.default : loaded
}

async function readConfigFolder(key: string, projectDir: string, env: FormatContext['env']): Promise<unknown> {
  const folder = resolve(projectDir, env.NODE_CONFIG_DIR ?? 'config')
  if (!existsSync(folder) || peerVersion('config', projectDir) === undefined) return undefined
  const environment = env.NODE_CONFIG_ENV ?? env.NODE_ENV ?? 'development'
  const names = ['default', environment, 'local', `local-${environment}`]
  const plain = names.map((name) => `${name}.json`)
  const others = readdirSync(folder).filter((file) => {
    const stem = file.replace(/\.[^.]+$/, '')
    return !plain.includes(file) && (names.includes(stem) || stem === 'custom-environment-variables')
  })
  if (others.length === 0 && env.NODE_CONFIG === undefined) {
    const files = plain.map((file) => join(folder, file)).filter((file) => existsSync(file))
    return files.reduce<unknown>((all, file) => merge(all, sectionOf(readJson(file, projectDir), key)), undefined)
  }
  return askPackage(key, projectDir, folder)
}

async function askPackage(key: string, projectDir: string, folder: string): Promise<unknown> {
  // It looks for its folder once, while it is imported, from the working directory.
  const before = process.env.NODE_CONFIG_DIR
  process.env.NODE_CONFIG_DIR = folder
  try {
    const loaded = await loadPeer<ConfigPackage & { default?: ConfigPackage }>('config', { from: projectDir })
    const config = loaded.default ?? loaded
    return config.has(key) ? config.get(key) : undefined
  } finally {
    if (before === undefined) delete process.env.NODE_CONFIG_DIR
    else process.env.NODE_CONFIG_DIR = before
  }
}

interface ConfigPackage {
  has: (key: string) => boolean
  get: (key: string) => unknown
}

function translate(config: unknown): OwnConfig {
  if (config === undefined || config === null) return {}
  if (!isRecord(config)) return { connection: config }
  const all: { [Key in keyof OwnConfig]-?: OwnConfig[Key] | undefined } = {
    schema: strings(config.schema),
    createSchema: boolean(config['create-schema']),
    useGlob: boolean(config['use-glob']),
    migrationsDir: string(config['migrations-dir']),
    migrationsSchema: string(config['migrations-schema']),
    createMigrationsSchema: boolean(config['create-migrations-schema']),
    migrationsTable: string(config['migrations-table']),
    migrationFileLanguage: languages.find((language) => language === config['migration-file-language']),
    migrationFilenameFormat: filenameFormats.find((format) => format === config['migration-filename-format']),
    templateFileName: string(config['template-file-name']),
    ignorePattern: string(config['ignore-pattern']),
    checkOrder: boolean(config['check-order']),
    decamelize: boolean(config.decamelize),
    connection: config.url ?? (namesServer(config) ? config : undefined),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as OwnConfig
}

function namesServer(config: Record<string, unknown>): boolean {
  return Boolean(config.host || config.port || config.name || config.database)
}

function sectionOf(config: unknown, key: string): unknown {
  return key.split('.').reduce((inner, part) => (isRecord(inner) ? inner[part] : undefined), config)
}

function merge(a: unknown, b: unknown): unknown {
  if (b === undefined) return a
  if (!isRecord(a) || !isRecord(b)) return b
  const merged = { ...a }
  for (const [key, value] of Object.entries(b)) merged[key] = merge(a[key], value)
  return merged
}

function readJson(path: string, projectDir: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw unreadable(path, projectDir, error)
    const reason = `${relative(projectDir, path)} is no JSON: ${error.message}`
    throw new GodwitError('GODWIT_PGM_CONFIG', { reason }, { cause: error })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function string(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function strings(value: unknown): string | string[] | undefined {
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'string')
  return string(value) || undefined
}

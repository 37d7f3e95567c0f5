import { resolve } from 'node:path'
import { loadModule } from '../../loading/load-module.js'
import type { FormatContext } from '../contract.js'
import { readConfigPackage } from './config-package.js'
import { isRecord, readJson } from './json.js'
import { type Flags, flagOf, scriptFlags } from './script-flags.js'
import { filenameFormats, languages, type NodePgMigrateSection } from './section.js'

/** What the command takes as flags and not from a file. */
type FlagsOnly = Pick<NodePgMigrateSection, 'noLock' | 'lockValue' | 'databaseUrlVar'>

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
> &
  FlagsOnly & { connection?: unknown }

/**
 * Reads the configuration that node-pg-migrate's command would read, weakest first as in the command: the flags that the
 * project's npm scripts give it, what the package `config` gives, and the file of `--config-file`.
 *
 * @throws GODWIT_PGM_CONFIG, GODWIT_FILE_UNREADABLE, GODWIT_FILE_THROWS
 */
export async function readOwnConfig(
  section: NodePgMigrateSection,
  context: Pick<FormatContext, 'projectDir' | 'env' | 'migrations'>,
): Promise<OwnConfig> {
  const { projectDir } = context
  const flags = scriptFlags(projectDir, settledIn(section, context))
  const key = section.configValue ?? text(flags['config-value']) ?? 'db'
  const fromPackage = translate(await readConfigPackage(key, context))
  const file = section.configFile ?? text(flags['config-file'])
  if (file === undefined) return { ...fromFlags(flags), ...fromPackage }
  const whole = await readConfigFile(resolve(projectDir, file), projectDir)
  const fromFile = translate(isRecord(whole) && key in whole ? whole[key] : whole)
  return { ...fromFlags(flags), ...fromPackage, ...fromFile }
}

function settledIn(section: NodePgMigrateSection, { migrations }: Pick<FormatContext, 'migrations'>): Set<string> {
  const settled = Object.entries(section).flatMap(([key, value]) => (value === undefined ? [] : flagOf(key)))
  return new Set(migrations === undefined ? settled : [...settled, flagOf('migrationsDir')])
}

function fromFlags(flags: Flags): OwnConfig {
  const { lock, 'lock-value': lockValue, 'database-url-var': databaseUrlVar } = flags
  return {
    ...translate(flags),
    ...(lock === false ? { noLock: true } : {}),
    ...(typeof lockValue === 'string' ? { lockValue: Number(lockValue) } : {}),
    ...(typeof databaseUrlVar === 'string' ? { databaseUrlVar } : {}),
  }
}

async function readConfigFile(path: string, projectDir: string): Promise<unknown> {
  if (path.endsWith('.json')) return readJson(path, projectDir)
  const loaded = await loadModule(path, { projectDir })
  return isRecord(loaded) && 'default' in loaded ? loaded.default : loaded
}

function translate(config: unknown): OwnConfig {
  if (config === undefined || config === null) return {}
  if (!isRecord(config)) return { connection: config }
  const all: { [Key in Exclude<keyof OwnConfig, keyof FlagsOnly>]-?: OwnConfig[Key] | undefined } = {
    schema: strings(config.schema),
    createSchema: boolean(config['create-schema']),
    useGlob: boolean(config['use-glob']),
    migrationsDir: text(config['migrations-dir']),
    migrationsSchema: text(config['migrations-schema']),
    createMigrationsSchema: boolean(config['create-migrations-schema']),
    migrationsTable: text(config['migrations-table']),
    migrationFileLanguage: languages.find((language) => language === config['migration-file-language']),
    migrationFilenameFormat: filenameFormats.find((format) => format === config['migration-filename-format']),
    templateFileName: text(config['template-file-name']),
    ignorePattern: text(config['ignore-pattern']),
    checkOrder: boolean(config['check-order']),
    decamelize: boolean(config.decamelize),
    connection: config.url ?? (namesServer(config) ? config : undefined),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as OwnConfig
}

function namesServer(config: Record<string, unknown>): boolean {
  return Boolean(config.host || config.port || config.name || config.database)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function strings(value: unknown): string | string[] | undefined {
  if (Array.isArray(value)) return value.filter((each) => typeof each === 'string')
  return text(value) || undefined
}

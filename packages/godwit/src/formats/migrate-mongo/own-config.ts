import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { GodwitError, isGodwitError } from '../../errors.js'
import { reasonOf } from '../../loading/error-facts.js'
import { loadModule } from '../../loading/load-module.js'
import type { FormatContext } from '../contract.js'
import { defaultOf } from './default-of.js'
import { findMigrateMongoConfig } from './find-config.js'
import type { MigrateMongoSection } from './section.js'

/** What migrate-mongo's own config says; absent: it does not. */
export interface OwnConfig {
  /** For people, relative to the project's folder; absent: there is no file. */
  file?: string
  url?: string
  databaseName?: string
  /** The driver's options. */
  options?: Record<string, unknown>
  migrationsDir?: string
  changelogCollectionName?: string
  lockCollectionName?: string
  lockTtl?: number
  migrationFileExtension?: string
  useFileHash?: boolean
  moduleSystem?: string
}

/**
 * Imports migrate-mongo's own config: an object or a promise of one, as it takes them. Without a file everything is as its
 * sample has it.
 *
 * @throws GODWIT_MIGRATE_MONGO_CONFIG, and what importing a file throws
 */
export async function readOwnConfig(
  section: MigrateMongoSection | undefined,
  { projectDir }: Pick<FormatContext, 'projectDir'>,
): Promise<OwnConfig> {
  const named = section?.config ?? findMigrateMongoConfig(projectDir)
  if (named === undefined) return {}
  const path = resolve(projectDir, named)
  const file = relative(projectDir, path)
  const wrong = (reason: string, cause?: unknown) =>
    new GodwitError('GODWIT_MIGRATE_MONGO_CONFIG', { file, reason }, { file, cause })
  if (!existsSync(path)) throw wrong('it is not there')
  const config = await load(path, projectDir).catch((error: unknown) => {
    throw isGodwitError(error) ? error : wrong(`its promise failed: ${reasonOf(error)}`, error)
  })
  if (!isRecord(config)) throw wrong(`it exports ${kindOf(config)} where an object or a promise of one should be`)
  const { mongodb = {} } = config
  if (!isRecord(mongodb)) throw wrong("'mongodb' must be an object")
  return { file, ...connection(mongodb, wrong), ...settings(config, wrong) }
}

async function load(path: string, projectDir: string): Promise<unknown> {
  return defaultOf(await loadModule(path, { projectDir }))
}

type Wrong = (reason: string) => GodwitError

function connection(mongodb: Record<string, unknown>, wrong: Wrong): OwnConfig {
  const { options } = mongodb
  if (options !== undefined && options !== null && !isRecord(options))
    throw wrong("'mongodb.options' must be an object")
  return {
    ...typed(mongodb, { url: 'string', databaseName: 'string' }, wrong, 'mongodb.'),
    ...(isRecord(options) ? { options } : {}),
  }
}

function settings(config: Record<string, unknown>, wrong: Wrong): OwnConfig {
  const read: OwnConfig = typed(
    config,
    {
      migrationsDir: 'string',
      changelogCollectionName: 'string',
      lockCollectionName: 'string',
      lockTtl: 'number',
      migrationFileExtension: 'string',
      moduleSystem: 'string',
    },
    wrong,
  )
  const { migrationFileExtension } = read
  if (migrationFileExtension !== undefined && !migrationFileExtension.startsWith('.'))
    throw wrong("'migrationFileExtension' must begin with a dot")
  return { ...read, useFileHash: config.useFileHash === true }
}

/** The keys that hold something, each of its type; what is empty counts as absent, as migrate-mongo has it. */
function typed(
  from: Record<string, unknown>,
  types: Readonly<Record<string, 'string' | 'number'>>,
  wrong: Wrong,
  prefix = '',
): Record<string, never> {
  const found: Record<string, unknown> = {}
  for (const [key, type] of Object.entries(types)) {
    const value = from[key]
    if (value === undefined || value === null || value === '') continue
    if (typeof value !== type) throw wrong(`'${prefix}${key}' must be a ${type}`)
    found[key] = value
  }
  return found as Record<string, never>
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`
}

import { relative, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import type { FormatContext } from '../contract.js'
import { type OwnConfig, readOwnConfig } from './own-config.js'
import type { FilenameFormat, MigrationLanguage, NodePgMigrateSection } from './section.js'

/** Everything that is settled once: Godwit's config first, node-pg-migrate's own next, then its defaults. */
export interface Settings {
  /** A folder (absolute) or glob patterns (relative to the project's folder). */
  source: { folder: string; ignored: RegExp } | { globs: string[]; ignored: string[] }
  migrationsTable: string
  migrationsSchema: string
  /** The history table's schema is created when it is absent. */
  createsMigrationsSchema: boolean
  /** So are the schemas of migrations. */
  createsSchemas: boolean
  /** The search_path of migrations. */
  schemas: string[]
  decamelize: boolean
  lock: bigint | null
  checkOrder: boolean
  language: MigrationLanguage | undefined
  filenameFormat: FilenameFormat | undefined
  templateFileName: string | undefined
  /** What its own config says of the target. */
  own: OwnConfig
}

/** node-pg-migrate's well-known lock (`PG_MIGRATE_LOCK_ID`). */
const defaultLock = 7241865325823964n

/** Settles the settings. @throws GODWIT_PGM_CONFIG, GODWIT_FILE_UNREADABLE, GODWIT_FILE_THROWS */
export async function settle(context: FormatContext<NodePgMigrateSection | undefined>): Promise<Settings> {
  const section = context.section ?? {}
  const own = await readOwnConfig(section, context)
  const has = <Key extends keyof OwnConfig & keyof NodePgMigrateSection>(key: Key) => section[key] ?? own[key]
  const schemas = [has('schema') ?? []].flat().filter((schema) => schema !== '')
  if (schemas.length === 0) schemas.push('public')
  const migrationsSchema = has('migrationsSchema') ?? schemas[0] ?? 'public'
  const createsSchemas = has('createSchema') ?? false
  return {
    source: sourceOf(context, section, own),
    migrationsTable: has('migrationsTable') ?? 'pgmigrations',
    migrationsSchema,
    createsMigrationsSchema:
      (has('createMigrationsSchema') ?? false) || (createsSchemas && schemas.includes(migrationsSchema)),
    createsSchemas,
    schemas,
    decamelize: has('decamelize') ?? false,
    lock: has('noLock') ? null : lockOf(has('lockValue')),
    checkOrder: has('checkOrder') ?? true,
    language: has('migrationFileLanguage'),
    filenameFormat: has('migrationFilenameFormat'),
    templateFileName: has('templateFileName'),
    own,
  }
}

function sourceOf(
  { migrations, projectDir }: Pick<FormatContext, 'migrations' | 'projectDir'>,
  section: NodePgMigrateSection,
  own: OwnConfig,
): Settings['source'] {
  const places = [migrations ?? section.migrationsDir ?? own.migrationsDir ?? 'migrations'].flat()
  const ignored = [section.ignorePattern ?? own.ignorePattern ?? []].flat()
  const useGlob = section.useGlob ?? own.useGlob ?? (migrations !== undefined && /[*?{[]/.test(migrations))
  if (useGlob) return { globs: places.map((place) => inProject(place, projectDir)), ignored }
  const [place, ...others] = places
  if (place === undefined || others.length > 0 || ignored.length > 1) {
    const reason = '`migrationsDir` and `ignorePattern` can be lists only with `useGlob: true`'
    throw new GodwitError('GODWIT_PGM_CONFIG', { reason })
  }
  return { folder: resolve(projectDir, place), ignored: ignoreExpression(ignored[0]) }
}

// The way node-pg-migrate builds it, down to a `|` that is bound by no brackets.
function ignoreExpression(pattern: string | undefined): RegExp {
  try {
    return new RegExp(pattern === undefined || pattern === '' ? '^\\..*' : `^${pattern}$`)
  } catch (cause) {
    const reason = `\`ignorePattern\` is no regular expression: ${pattern}`
    throw new GodwitError('GODWIT_PGM_CONFIG', { reason }, { cause })
  }
}

function lockOf(lockValue: number | undefined): bigint {
  if (lockValue === undefined) return defaultLock
  if (Number.isSafeInteger(lockValue)) return BigInt(lockValue)
  throw new GodwitError('GODWIT_PGM_CONFIG', { reason: `\`lockValue\` is no whole number: ${lockValue}` })
}

function inProject(pattern: string, projectDir: string): string {
  return pattern.startsWith('/') ? relative(projectDir, pattern) : pattern
}

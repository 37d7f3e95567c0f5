import type { Database, OpenOptions, Target } from '../databases/contract.js'
import { GodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'

/** Where a target came from, strongest first (rule 26). */
export type TargetSource = 'flag' | 'environment' | 'config' | 'format' | 'DATABASE_URL'

/** A target as it was found. */
export interface FoundTarget {
  url: string
  source: TargetSource
}

/** The places a target may stand. */
export interface TargetPlaces {
  flag?: string | undefined
  config?: string | undefined
  /** Name of the project when the config has several. */
  project?: string | undefined
  env: Readonly<Record<string, string | undefined>>
  format: Pick<Format, 'target'> & Partial<Pick<Format, 'history'>>
}

/**
 * Finds the target, strongest place first. With several projects only the project's own variable counts, so that one
 * variable cannot send every project to one database.
 *
 * @throws GodwitError GODWIT_NO_DATABASE when no place names one
 */
export async function findTarget(places: TargetPlaces): Promise<FoundTarget> {
  const { flag, config, project, env } = places
  if (filled(flag)) return { url: flag, source: 'flag' }
  const variable = project === undefined ? 'GODWIT_DATABASE_URL' : `GODWIT_${variablePart(project)}_DATABASE_URL`
  const own = env[variable]
  if (filled(own)) return { url: own, source: 'environment' }
  if (filled(config)) return { url: config, source: 'config' }
  const format = await places.format.target?.()
  if (filled(format)) return { url: format, source: 'format' }
  const shared = project === undefined ? env.DATABASE_URL : undefined
  if (filled(shared)) return { url: shared, source: 'DATABASE_URL' }
  throw new GodwitError('GODWIT_NO_DATABASE', { variable, tables: places.format.history?.kind !== 'collection' })
}

/**
 * Makes the database of a target.
 *
 * @throws GodwitError GODWIT_EMBEDDED_NOT_ALLOWED: in production and CI `embedded` must stand in the config (rule 27)
 */
export async function openDatabase(
  found: FoundTarget,
  projectDir: string,
  env: Readonly<Record<string, string | undefined>>,
  options: { prisma: boolean },
): Promise<{ database: Database; historySchema?: string }> {
  if (found.url.startsWith('embedded')) {
    const { embeddedDatabase, embeddedPlace } = await import('../databases/embedded/index.js')
    const place = embeddedPlace(found.url, projectDir)
    if (place !== undefined) {
      if (found.source !== 'config' && (env.NODE_ENV === 'production' || filled(env.CI)))
        throw new GodwitError('GODWIT_EMBEDDED_NOT_ALLOWED', { source: found.source })
      return { database: embeddedDatabase(place, projectDir) }
    }
  }
  if (/^mongodb(\+srv)?:/.test(found.url)) {
    const { mongoDatabase } = await import('../databases/mongodb/index.js')
    return { database: mongoDatabase(found.url) }
  }
  const { connectionSettings, postgresDatabase } = await import('../databases/postgres/index.js')
  if (!options.prisma) return { database: postgresDatabase(connectionSettings(found.url)) }
  const { prismaConnection } = await import('./prisma-connection.js')
  const { settings, schema } = prismaConnection(found.url, projectDir)
  return { database: postgresDatabase(settings), historySchema: schema }
}

/**
 * Opens the target of a format's migrations.
 *
 * @throws GodwitError GODWIT_FORMAT_DATABASE when the format is made for another kind of database
 */
export function openTarget(database: Database, format: Format, options: OpenOptions): Promise<Target> {
  const { history } = format
  if (history.kind === 'table' && database.kind !== 'mongodb') return database.open(history, options)
  if (history.kind === 'collection' && database.kind === 'mongodb') return database.open(history, options)
  const needed = history.kind === 'table' ? 'PostgreSQL' : 'MongoDB'
  throw new GodwitError('GODWIT_FORMAT_DATABASE', { format: format.id, needed, address: database.address })
}

function variablePart(project: string): string {
  return project.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
}

function filled(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

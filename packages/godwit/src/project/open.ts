import type { Database } from '../databases/contract.js'
import type { MigrationFile } from '../engine/migration.js'
import type { Format } from '../formats/contract.js'
import type { ProjectConfig } from './config.js'
import { formats } from './formats.js'
import { loadProject, type ProjectDescription } from './load.js'
import type { OpenProjectOptions } from './options.js'
import { Project } from './project.js'
import { type FoundTarget, findTarget, openDatabase } from './target.js'
import { readTimeouts } from './timeouts.js'
import type { ProjectParts } from './work.js'

/**
 * Opens the project of a folder: reads its config, or detects it. Nothing is connected before a method asks for it.
 *
 * @throws GodwitError for a config that is missing or wrong
 * @example
 * const project = await openProject({ onEvent: (event) => log(event) })
 * const report = await project.up()
 * if (report.error) throw report.error
 */
export async function openProject(options: OpenProjectOptions = {}): Promise<Project> {
  const env = options.env ?? process.env
  const cwd = options.cwd ?? process.cwd()
  return openDescribed(await loadProject({ cwd, config: options.config, project: options.project, env }), options)
}

/** Opens a project as it is described, whatever its folder says. */
export async function openDescribed(description: ProjectDescription, options: OpenProjectOptions): Promise<Project> {
  const env = options.env ?? process.env
  const warn = (message: string) => options.onEvent?.({ type: 'warning', message })
  const { folder, key } = description
  const config = overridden(description.config, options.overrides ?? {})
  description.config = config
  const open = formats[description.format]
  const format = await open(
    {
      projectDir: folder,
      migrations: config.migrations,
      section: undefined,
      warn,
      verbose: options.onVerbose ?? (() => {}),
      env: key === undefined ? env : ownEnvironment(env),
    },
    config,
  )
  const found = once(() =>
    findTarget({ flag: options.databaseUrl, config: config.database, project: key, env, format }),
  )
  const parts: ProjectParts = {
    description,
    format,
    listEarly: listingEarly(format),
    schema: config.godwit?.schema ?? 'godwit',
    pooled: config.godwit?.pooled,
    timeouts: readTimeouts(options, config),
    options: { ...options, env },
    warn,
    database: once(async () => databaseOf(parts, await found(), env)),
    url: async () => {
      const { url } = await found()
      return url.startsWith('embedded') ? undefined : url
    },
  }
  return new Project(parts)
}

// Files are read while the server answers the handshake; the next listing reads them anew.
function listingEarly(format: Format): () => void {
  const { list } = format
  let early: Promise<MigrationFile[]> | undefined
  format.list = () => {
    const started = early
    early = undefined
    return started ?? list()
  }
  return () => {
    early = list()
    early.catch(() => {})
  }
}

// With several projects a variable that all of them would read must not send them to one database (rule 26).
function ownEnvironment(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(PG[A-Z]+|DATABASE_URL|MONGODB_URI|MONGO_URL)$/.test(name)),
  )
}

function overridden(config: ProjectConfig, over: NonNullable<OpenProjectOptions['overrides']>): ProjectConfig {
  const { typeorm, nodePgMigrate, migrateMongo, ...top } = over
  return {
    ...config,
    ...top,
    ...(typeorm === undefined ? {} : { typeorm: { ...config.typeorm, ...typeorm } }),
    ...(nodePgMigrate === undefined ? {} : { nodePgMigrate: { ...config.nodePgMigrate, ...nodePgMigrate } }),
    ...(migrateMongo === undefined ? {} : { migrateMongo: { ...config.migrateMongo, ...migrateMongo } }),
  }
}

async function databaseOf(
  { description, format }: ProjectParts,
  found: FoundTarget,
  env: Record<string, string | undefined>,
): Promise<Database> {
  const { database, historySchema } = await openDatabase(found, description.folder, env, {
    prisma: format.id === 'prisma',
  })
  if (historySchema !== undefined && format.history.kind === 'table') {
    format.history = { ...format.history, schema: historySchema, createSchema: true }
    // Said again for each transaction behind a pooler, which takes no startup option.
    format.searchPath = [historySchema]
  }
  return database
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

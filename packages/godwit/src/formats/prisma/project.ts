import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { GodwitError } from '../../errors.js'
import { peerVersion } from '../../loading/peer.js'
import type { FormatContext, ShadowSetUp } from '../contract.js'
import { findPrismaConfig, loadPrismaConfig, type PrismaConfig } from './config-file.js'
import {
  checkProvider,
  type Datasource,
  defaultSchema,
  migrationsBeside,
  property,
  readDatasource,
  type SchemaValue,
} from './schema-file.js'
import { readSchema, type SchemaFile, type SchemaSource, withoutUrls } from './schema-source.js'
import type { PrismaSection } from './section.js'
import { prismaUrl, refuseProxy } from './url.js'

type Context = FormatContext<PrismaSection | undefined>

/** Where a Prisma project keeps its things. */
export interface PrismaProject {
  /** Absolute path of the migrations' folder. */
  folder: () => Promise<string>
  /** The URL that the project's own configuration names, as Prisma would take it. */
  url: () => Promise<string | undefined>
  /** The database's schema that the URL names. */
  schema: () => Promise<string>
  /** Absolute path of the schema's file or folder, which need not be there yet. */
  schemaPath: () => Promise<string>
  /** Prisma's major version; `undefined`: it is not installed. */
  major: () => string | undefined
  /** The schema: as it is on disk, and as the engine of Prisma 7 reads it. */
  source: () => Promise<SchemaSource & { onDisk: SchemaFile[] }>
  /** What the project's own configuration leaves to others. */
  external: () => Promise<{ tables: string[]; enums: string[] }>
  /** SQL that makes what is left to others, on a shadow. */
  shadowSetUp: () => Promise<ShadowSetUp | undefined>
  /** The command line that seeds, and the file (absolute) that says so. */
  seed: () => Promise<{ command: string; file: string } | undefined>
}

/** The majors whose history Godwit knows (rule 41). */
const knownMajors = new Set(['5', '6', '7'])

/**
 * Opens a Prisma project. Its config file is loaded only where the answer cannot be known without.
 *
 * @throws GODWIT_PRISMA_VERSION, GODWIT_PRISMA_PROVIDER
 */
export function openPrismaProject(context: Context): PrismaProject {
  const { projectDir, section } = context
  checkVersion(projectDir)
  let loading: Promise<PrismaConfig | undefined> | undefined
  const config = () => {
    const file = findPrismaConfig(projectDir)
    if (file === undefined) return Promise.resolve(undefined)
    loading ??= loadPrismaConfig(file)
    return loading
  }
  const named = context.migrations ?? section?.migrations
  const url = async () => {
    const found = await config()
    const schema = schemaOf(section, found, projectDir)
    const datasource = checkSchema(schema, projectDir)
    const url = found?.url ?? (datasource === undefined ? undefined : await urlIn(datasource, context))
    if (url !== undefined) refuseProxy(url)
    return url
  }
  return {
    folder: async () => {
      if (named !== undefined) {
        checkSchema(schemaOf(section, undefined, projectDir), projectDir)
        return resolve(projectDir, named)
      }
      const found = await config().catch((error: unknown) => withoutConfig(error, context))
      const schema = schemaOf(section, found, projectDir)
      const datasource = checkSchema(schema, projectDir)
      return found?.migrations ?? migrationsBeside(schema ?? join(projectDir, 'prisma/schema.prisma'), datasource)
    },
    url,
    schema: async () => {
      const named = await url().catch(() => undefined)
      return named === undefined ? 'public' : prismaUrl(named, projectDir).schema
    },
    schemaPath: async () => {
      const found = await config().catch((error: unknown) => withoutConfig(error, context))
      return schemaOf(section, found, projectDir) ?? join(projectDir, 'prisma/schema.prisma')
    },
    major: () => majorOf(projectDir),
    source: async () => {
      const found = await config().catch((error: unknown) => withoutConfig(error, context))
      const schema = schemaOf(section, found, projectDir)
      checkSchema(schema, projectDir)
      const source = await readSchema(schema, projectDir)
      const files = majorOf(projectDir) === '7' ? source.files : withoutUrls(source.files)
      return { ...source, onDisk: source.files, files }
    },
    external: async () => {
      const found = await config().catch((error: unknown) => withoutConfig(error, context))
      return found?.external ?? { tables: [], enums: [] }
    },
    shadowSetUp: async () => {
      const found = await config().catch((error: unknown) => withoutConfig(error, context))
      const sql = found?.initShadowDb
      return sql === undefined ? undefined : { sql, from: 'migrations.initShadowDb' }
    },
    seed: async () => {
      const found = await config()
      if (found?.seed !== undefined) return { command: found.seed, file: found.file }
      const file = join(projectDir, 'package.json')
      const command = existsSync(file)
        ? property(property(JSON.parse(readFileSync(file, 'utf8')), 'prisma'), 'seed')
        : ''
      return typeof command === 'string' && command !== '' ? { command, file } : undefined
    },
  }
}

// Where the migrations are can be guessed without the config file; a variable it wants may be set by no one here.
function withoutConfig(error: unknown, context: Context): undefined {
  if (!existsSync(join(context.projectDir, 'prisma/migrations'))) throw error
  const reason = error instanceof Error ? error.message : String(error)
  context.verbose(`Taking prisma/migrations, since the config file of Prisma could not be loaded: ${reason}`)
  return undefined
}

function checkVersion(projectDir: string): void {
  const version = peerVersion('prisma', projectDir)
  const major = majorOf(projectDir)
  if (version === undefined || major === undefined || knownMajors.has(major)) return
  throw new GodwitError('GODWIT_PRISMA_VERSION', { version })
}

function majorOf(projectDir: string): string | undefined {
  return peerVersion('prisma', projectDir)?.split('.')[0]
}

function schemaOf(
  section: Context['section'],
  config: PrismaConfig | undefined,
  projectDir: string,
): string | undefined {
  return section?.schema === undefined
    ? (config?.schema ?? defaultSchema(projectDir))
    : resolve(projectDir, section.schema)
}

function checkSchema(schema: string | undefined, projectDir: string): Datasource | undefined {
  // One that is not there yet is told by who reads it.
  const datasource = schema === undefined || !existsSync(schema) ? undefined : readDatasource(schema, projectDir)
  checkProvider(datasource, projectDir)
  return datasource
}

// The direct URL first: migrations do not go through a pooler (rule 26).
async function urlIn(datasource: Datasource, context: Context): Promise<string | undefined> {
  for (const key of ['directUrl', 'url']) {
    const value = datasource.values.get(key)
    const url = value && (await resolveValue(value, datasource, context))
    if (url) return url
  }
  return undefined
}

async function resolveValue(value: SchemaValue, datasource: Datasource, context: Context): Promise<string | undefined> {
  if ('text' in value) return value.text
  const set = context.env[value.env]
  if (set !== undefined) return set
  // Prisma 5 and 6 read `.env` beside the schema and in the project's folder.
  const { parse } = await import('dotenv')
  for (const folder of new Set([dirname(datasource.file), context.projectDir])) {
    const path = join(folder, '.env')
    const found = existsSync(path) ? parse(readFileSync(path))[value.env] : undefined
    if (found === undefined) continue
    context.verbose(`${value.env} is from ${relative(context.projectDir, path)}`)
    return found
  }
  return undefined
}

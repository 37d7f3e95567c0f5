import { mkdir, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Format } from '../../../../src/formats/contract.js'
import { type NodePgMigrateSection, openNodePgMigrateFormat } from '../../../../src/formats/node-pg-migrate/index.js'
import { openProject, type Project } from '../../../../src/index.js'
import { createDatabase, type TestDatabase } from '../../../support/database.js'
import { scratchFolder } from '../../scratch-folder.js'

export type PeerMajor = 8 | 9

/** What the tests ask of the real tool's `runner`. */
export interface RunnerOptions {
  count?: number
  schema?: string
  migrationsSchema?: string
  createSchema?: boolean
  createMigrationsSchema?: boolean
  migrationsTable?: string
  singleTransaction?: boolean
  decamelize?: boolean
  checkOrder?: boolean
  ignorePattern?: string
  fake?: boolean
}

/** A folder with migrations, the real tool installed in it, and a database of its own. */
export interface PeerProject {
  dir: string
  database: TestDatabase
  format: Format
  /** Runs the real tool. */
  peer: (direction: 'up' | 'down', options?: RunnerOptions) => Promise<string[]>
  godwit: () => Promise<Project>
  warnings: string[]
  /** Every row, in the order of the ids. */
  rows: (table?: string) => Promise<{ id: number; name: string }[]>
}

/** Where the workspace has a version of the peer. */
export function peerFolder(major: PeerMajor): string {
  const require = createRequire(import.meta.url)
  return dirname(require.resolve(`${major === 8 ? 'node-pg-migrate-8' : 'node-pg-migrate'}/package.json`))
}

/** A format on a folder of files, without a database. */
export async function openFormat(
  files: Record<string, string | Buffer>,
  options: {
    section?: NodePgMigrateSection
    migrations?: string
    env?: Record<string, string>
    major?: PeerMajor
  } = {},
): Promise<{ dir: string; format: Format; warnings: string[] }> {
  const dir = await scratchFolder(files)
  if (options.major !== undefined) await install(dir, options.major)
  const warnings: string[] = []
  const format = await openNodePgMigrateFormat({
    projectDir: dir,
    migrations: options.migrations,
    section: options.section,
    warn: (message) => warnings.push(message),
    verbose() {},
    env: options.env ?? {},
  })
  return { dir, format, warnings }
}

/** A whole project. Files are relative to its `migrations`, but for those that begin with `/`. */
export async function peerProject(
  major: PeerMajor,
  files: Record<string, string>,
  options: { server?: 15 | 18; section?: NodePgMigrateSection; module?: boolean } = {},
): Promise<PeerProject> {
  const database = await createDatabase(options.server)
  const { section } = options
  const placed = Object.entries(files).map(([name, text]) => [
    name.startsWith('/') ? name.slice(1) : `migrations/${name}`,
    text,
  ])
  const { dir, format, warnings } = await openFormat(
    {
      'package.json': JSON.stringify({ name: 'app', type: options.module ? 'module' : 'commonjs' }),
      'godwit.config.json': JSON.stringify({ format: 'node-pg-migrate', nodePgMigrate: section ?? {} }),
      'migrations/': '',
      ...Object.fromEntries(placed),
    },
    { major, ...(section === undefined ? {} : { section }) },
  )
  const { runner } = (await import(pathToFileURL(join(peerFolder(major), 'dist/bundle/index.js')).href)) as {
    runner: (options: object) => Promise<{ name: string }[]>
  }
  return {
    dir,
    database,
    format,
    warnings,
    peer: async (direction, more = {}) => {
      const ran = await runner({
        databaseUrl: database.url,
        dir: join(dir, 'migrations'),
        migrationsTable: 'pgmigrations',
        schema: 'public',
        singleTransaction: true,
        direction,
        ...(direction === 'up' ? {} : { count: 1 }),
        logger: { info() {}, warn() {}, error() {} },
        ...more,
      })
      return ran.map(({ name }) => name)
    },
    godwit: () =>
      openProject({
        cwd: dir,
        databaseUrl: database.url,
        env: {},
        onEvent: (event) => {
          if (event.type === 'warning') warnings.push(event.message)
        },
      }),
    rows: (table = 'public.pgmigrations') => database.query(`select id, name from ${table} order by id`),
  }
}

async function install(dir: string, major: PeerMajor): Promise<void> {
  await mkdir(join(dir, 'node_modules'), { recursive: true })
  await symlink(peerFolder(major), join(dir, 'node_modules/node-pg-migrate'), 'dir')
}

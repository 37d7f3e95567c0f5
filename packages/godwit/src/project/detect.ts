import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { GodwitError } from '../errors.js'
import type { FormatId } from '../formats/contract.js'
import { findMigrateMongoConfig } from '../formats/migrate-mongo/find-config.js'
import { findMongoMigrations } from '../formats/mongo/find-migrations.js'
import { findDataSourceFile } from '../formats/typeorm/find-data-source.js'

/** What was found in a folder that has no config. */
export interface Detected {
  format: FormatId
  /** The folder of the migrations, where the format does not find it itself. */
  migrations?: string
  /** TypeORM: the file of the DataSource. */
  dataSource?: string
  /** What gave it away, for people. */
  because: string
}

const prismaFiles = [
  'prisma.config.ts',
  'prisma.config.js',
  'prisma.config.mjs',
  'prisma/schema.prisma',
  'prisma/schema',
]
const sqlFolders = ['migrations', 'db/migrations', 'database/migrations', 'sql/migrations']

/** What {@link detect} looks for, for people. */
export const lookedFor = [
  'godwit.config.ts (upwards from here)',
  'prisma/schema.prisma',
  'a TypeORM data source (src/data-source.ts and the like)',
  'node-pg-migrate in package.json',
  'migrate-mongo-config.js or migrate-mongo in package.json',
  'src/database/migrations/run-migrations.ts and the like, in a project with mongoose or mongodb',
  'migrations/*.sql',
]

/** Everything in a folder that looks like a project, strongest sign first. */
export function detectAll(folder: string): Detected[] {
  const found: Detected[] = []
  const prisma = prismaFiles.find((file) => existsSync(join(folder, file)))
  if (prisma !== undefined) found.push({ format: 'prisma', because: prisma })
  const file = findDataSourceFile(folder)
  const source = file === undefined ? undefined : relative(folder, file)
  if (source !== undefined) found.push({ format: 'typeorm', dataSource: source, because: source })
  const packages = dependenciesOf(folder)
  if (packages.has('node-pg-migrate'))
    found.push({ format: 'node-pg-migrate', because: 'node-pg-migrate in package.json' })
  const migrateMongo =
    findMigrateMongoConfig(folder) ?? (packages.has('migrate-mongo') ? 'migrate-mongo in package.json' : undefined)
  if (migrateMongo !== undefined) found.push({ format: 'migrate-mongo', because: migrateMongo })
  const mongo = migrateMongo === undefined ? findMongoMigrations(folder, packages) : undefined
  if (mongo !== undefined) found.push({ format: 'mongo', migrations: mongo, because: mongo })
  if (found.length > 0) return found
  const sql = sqlFolders.find((name) => holdsSql(join(folder, name)))
  if (sql !== undefined) found.push({ format: 'sql', migrations: sql, because: `${sql}/*.sql` })
  return found
}

/**
 * Detects the one project of a folder.
 *
 * @throws GodwitError GODWIT_NO_PROJECT with what was looked for, GODWIT_SEVERAL_PROJECTS with what was found
 */
export function detect(folder: string): Detected {
  const found = detectAll(folder)
  const [only, ...others] = found
  if (only === undefined) throw new GodwitError('GODWIT_NO_PROJECT', { lookedFor })
  if (others.length > 0)
    throw new GodwitError('GODWIT_SEVERAL_PROJECTS', { found: found.map((each) => `${each.format} (${each.because})`) })
  return only
}

function dependenciesOf(folder: string): Set<string> {
  try {
    const read = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, object | undefined>
    return new Set([...Object.keys(read.dependencies ?? {}), ...Object.keys(read.devDependencies ?? {})])
  } catch {
    return new Set()
  }
}

function holdsSql(folder: string): boolean {
  try {
    return readdirSync(folder).some((name) => name.endsWith('.sql'))
  } catch {
    return false
  }
}

import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Db, MongoClient } from 'mongodb'
import type { Format, HistoryCollection } from '../../../../src/formats/contract.js'
import { type MigrateMongoSection, openMigrateMongoFormat } from '../../../../src/formats/migrate-mongo/index.js'
import { scratchFolder } from '../../scratch-folder.js'

const folder = join(dirname(createRequire(import.meta.url).resolve('migrate-mongo')), '..')

/** What the tests ask of the real migrate-mongo. */
export interface Peer {
  config: { set: (config: object) => void }
  up: (db: Db, client: MongoClient) => Promise<string[]>
  down: (db: Db, client: MongoClient) => Promise<string[]>
  status: (db: Db) => Promise<{ fileName: string; appliedAt: string; fileHash?: string }[]>
  create: (description: string) => Promise<string>
}

/** The real migrate-mongo, of which a process has one. */
export const peer = (await import(pathToFileURL(join(folder, 'lib/migrate-mongo.js')).href)) as Peer

/** How the real migrate-mongo finds files. */
export const { default: migrationsDir } = (await import(
  pathToFileURL(join(folder, 'lib/env/migrationsDir.js')).href
)) as { default: { getFileNames: () => Promise<string[]>; loadFileHash: (fileName: string) => Promise<string> } }

/** Has the real migrate-mongo work in a folder, with what its sample config says. */
export function peerIn(dir: string, config: object = {}): Peer {
  peer.config.set({
    mongodb: { url: 'mongodb://localhost:27017' },
    migrationsDir: join(dir, 'migrations'),
    changelogCollectionName: 'changelog',
    lockCollectionName: 'changelog_lock',
    lockTtl: 0,
    migrationFileExtension: '.js',
    useFileHash: false,
    moduleSystem: 'commonjs',
    ...config,
  })
  return peer
}

/** The format on a folder of files. A `config` becomes migrate-mongo-config.js. */
export async function openFormat(
  files: Record<string, string | Buffer>,
  options: { section?: MigrateMongoSection; migrations?: string; config?: object } = {},
): Promise<{ dir: string; format: Format & { history: HistoryCollection }; warnings: string[] }> {
  const { config, section, migrations } = options
  const own = config === undefined ? {} : { 'migrate-mongo-config.js': `module.exports = ${JSON.stringify(config)}` }
  const dir = await scratchFolder({ 'package.json': '{ "name": "app" }', ...own, ...files })
  const warnings: string[] = []
  const format = await openMigrateMongoFormat({
    projectDir: dir,
    migrations,
    section,
    warn: (message) => warnings.push(message),
    verbose() {},
    env: {},
  })
  return { dir, format, warnings }
}

import { relative, sep } from 'node:path'
import { findPrismaConfig } from '../formats/prisma/config-file.js'
import { defaultSchema, migrationsBeside, readDatasource } from '../formats/prisma/schema-file.js'
import { peerVersion } from '../loading/peer.js'
import { quoted } from './init-config-file.js'
import { dependsOn } from './init-manifest.js'

/** The config that Prisma 7 wants beside `package.json`, as `prisma init` writes it; absent: there is one, or Prisma is another. */
export function prismaConfigFor(folder: string): { name: string; content: string; notes: string[] } | undefined {
  if (findPrismaConfig(folder) !== undefined || !dependsOn(folder, 'prisma')) return undefined
  if (peerVersion('prisma', folder)?.split('.')[0] !== '7') return undefined
  const schema = defaultSchema(folder)
  if (schema === undefined) return undefined
  const datasource = readDatasource(schema, folder)
  const url = datasource?.values.get('url')
  const variable = url !== undefined && 'env' in url ? url.env : 'DATABASE_URL'
  const path = (absolute: string) => quoted(relative(folder, absolute).replaceAll(sep, '/'))
  const content = `import { existsSync } from 'node:fs'
import { defineConfig } from 'prisma/config'

// Prisma 7 reads no .env by itself.
if (existsSync('.env')) process.loadEnvFile()

export default defineConfig({
  schema: ${path(schema)},
  migrations: { path: ${path(migrationsBeside(schema, datasource))} },
  datasource: { url: process.env[${quoted(variable)}] },
})
`
  const inSchema = ['url', 'directUrl', 'shadowDatabaseUrl'].filter((key) => datasource?.values.has(key))
  const move =
    inSchema.length === 0 ? '' : ` Take ${inSchema.join(', ')} out of the datasource in the schema, which it refuses.`
  return {
    name: 'prisma.config.ts',
    content,
    notes: [`Prisma 7 wants the database's URL in prisma.config.ts, which takes it from ${variable}.${move}`],
  }
}

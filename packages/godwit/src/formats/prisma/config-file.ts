import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { property } from './schema-file.js'

/** What Godwit takes from a `prisma.config.*`; paths are absolute. */
export interface PrismaConfig {
  file: string
  schema?: string
  migrations?: string
  /** `directUrl` first (rule 26). */
  url?: string
  /** `migrations.initShadowDb`: SQL that makes what is external on a shadow. */
  initShadowDb?: string
  /** The command line that seeds. */
  seed?: string
  /** Tables and enums that something else makes and changes. */
  external: { tables: string[]; enums: string[] }
}

const endings = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']

/** Finds the config file where Prisma finds it. */
export function findPrismaConfig(projectDir: string): string | undefined {
  const names = [
    ...endings.map((ending) => `prisma.config.${ending}`),
    ...endings.map((ending) => join('.config', `prisma.${ending}`)),
  ]
  return names.map((name) => join(projectDir, name)).find(existsSync)
}

/**
 * Loads a `prisma.config.*`, which is code of the project.
 *
 * @throws GODWIT_FILE_THROWS, such as when it wants a variable of the environment that is not set
 */
export async function loadPrismaConfig(file: string): Promise<PrismaConfig> {
  const { loadConfigFile } = await import('../../loading/load-config.js')
  const config = await loadConfigFile(file)
  const path = (value: unknown) => (typeof value === 'string' ? resolve(dirname(file), value) : undefined)
  const datasource = property(config, 'datasource')
  const schema = path(property(config, 'schema'))
  const section = property(config, 'migrations')
  const migrations = path(property(section, 'path'))
  const initShadowDb = property(section, 'initShadowDb')
  const url = [property(datasource, 'directUrl'), property(datasource, 'url')].find((value) => isText(value))
  const seed = property(section, 'seed')
  const external = (kind: string) => {
    const names = property(property(config, kind), 'external')
    return Array.isArray(names) ? names.filter(isText) : []
  }
  return {
    file,
    external: { tables: external('tables'), enums: external('enums') },
    ...(schema === undefined ? {} : { schema }),
    ...(migrations === undefined ? {} : { migrations }),
    ...(isText(url) ? { url } : {}),
    ...(isText(initShadowDb) ? { initShadowDb } : {}),
    ...(isText(seed) ? { seed } : {}),
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** The file of migrate-mongo's own config; its name alone, `undefined`: none is there. */
export function findMigrateMongoConfig(folder: string): string | undefined {
  const names = ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].map((ending) => `migrate-mongo-config.${ending}`)
  return names.find((name) => existsSync(join(folder, name)))
}

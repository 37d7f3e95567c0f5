import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const usualFolders = ['', 'src/', 'src/database/', 'src/db/', 'src/config/', 'database/', 'db/', 'config/']
const usualNames = ['data-source', 'datasource', 'dataSource', 'typeorm.config', 'ormconfig']

/**
 * The file of the DataSource where no config names it, in the places that TypeORM's documentation and starters use.
 * Absolute; `undefined`: none is there.
 */
export function findDataSourceFile(projectDir: string): string | undefined {
  for (const folder of usualFolders) {
    for (const name of usualNames) {
      for (const ending of ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']) {
        const file = resolve(projectDir, `${folder}${name}.${ending}`)
        if (existsSync(file)) return file
      }
    }
  }
  return undefined
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where mongoose projects keep their migrations, for a config that does not say. */
export const usualFolders = [
  'src/database/migrations',
  'src/db/migrations',
  'src/migrations',
  'database/migrations',
  'db/migrations',
  'migrations',
]
const arrayModule = 'run-migrations'
const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']

/** Whether a path names one module: no folder and no glob. */
export function isModuleName(path: string): boolean {
  return /^[^*?{}[\]()!]+\.[cm]?[jt]s$/.test(path)
}

/** Whether a file of that name may hold migrations: a module that is no test and not one of those that gather or run them. */
export function isMigrationFile(name: string): boolean {
  return (
    /\.[cm]?[jt]s$/.test(name) &&
    !/\.d\.[cm]?ts$/.test(name) &&
    !/\.(?:test|spec)\.[cm]?[jt]s$/.test(name) &&
    !/^(?:index|framework|run-migrations)\.[cm]?[jt]s$/.test(name) &&
    !name.startsWith('.')
  )
}

/** The module or the folder of the migrations where no config names it, relative to the project; `undefined`: none is there. */
export function usualPlace(projectDir: string): string | undefined {
  for (const folder of usualFolders) {
    const names = namesIn(join(projectDir, folder))
    const array = endings.map((ending) => `${arrayModule}${ending}`).find((name) => names.includes(name))
    if (array !== undefined) return `${folder}/${array}`
    if (names.some((name) => /^\d/.test(name) && isMigrationFile(name))) return folder
  }
  return undefined
}

/**
 * The migrations of a folder that looks like a mongoose project with objects `{ name, up, down }`, found by a first look at
 * one text: what is imported here, every command without a config waits for.
 *
 * @param packages what its package.json depends on
 */
export function findMongoMigrations(projectDir: string, packages: ReadonlySet<string>): string | undefined {
  if (!(packages.has('mongoose') || packages.has('mongodb')) || packages.has('migrate-mongo')) return undefined
  const place = usualPlace(projectDir)
  if (place === undefined) return undefined
  if (isModuleName(place)) return holds(join(projectDir, place), /\[/) ? place : undefined
  const path = join(projectDir, place)
  const first = namesIn(path).find((name) => /^\d/.test(name) && isMigrationFile(name))
  return first !== undefined && holds(join(path, first), /\bname\b/) ? place : undefined
}

// Classes of TypeORM and functions of migrate-mongo lie in such folders too.
function holds(file: string, sign: RegExp): boolean {
  const text = readFileSync(file, 'utf8')
  return sign.test(text) && /\bup\b|\bmigrations\b/.test(text) && !/MigrationInterface|\bpgm\b/.test(text)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

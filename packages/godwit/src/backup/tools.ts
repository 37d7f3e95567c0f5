import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { GodwitError } from '../errors.js'
import { howToInstall } from './how-to-install.js'
import { toolFolders } from './tool-places.js'

type Environment = Readonly<Record<string, string | undefined>>

const ASKED_MS = 20_000

/** Programs of one version in one folder. */
export interface Tools {
  folder: string
  /** Such as `17.5`. */
  version: string
  major: number
  /** The path of one of them. */
  path: (name: string) => string
}

/** Which programs are needed. */
export interface Wanted {
  /** All of them in one folder; the first says the version. */
  names: readonly [string, ...string[]]
  /** The oldest major version that will do. */
  atLeast: number
  /** What of, for the error: `PostgreSQL 17`. */
  why: string
}

/**
 * Finds programs: of those that are new enough the oldest, since it is the most like the server.
 *
 * @throws GodwitError GODWIT_BACKUP_TOOL with how to get them
 */
export async function findTools({ names, atLeast, why }: Wanted, env: Environment): Promise<Tools> {
  const [name] = names
  const folders = toolFolders(name, env).filter((folder) => names.every((each) => isProgram(pathIn(folder, each))))
  const found = (await Promise.all(folders.map((folder) => askVersion(name, folder)))).filter(
    (each) => each !== undefined,
  )
  const fitting = found.filter(({ major }) => major >= atLeast).sort((a, b) => a.major - b.major)
  const [best] = fitting
  if (best !== undefined) return best
  const tooOld = [...new Set(found.map(({ version }) => version))]
  const missing = names.length === 1 ? name : names.join(' and ')
  throw new GodwitError('GODWIT_BACKUP_TOOL', { tool: missing, why, tooOld, install: howToInstall(name, atLeast) })
}

async function askVersion(name: string, folder: string): Promise<Tools | undefined> {
  try {
    const { stdout } = await promisify(execFile)(pathIn(folder, name), ['--version'], { timeout: ASKED_MS })
    const version = versionIn(stdout)
    if (version === undefined) return undefined
    return { folder, version, major: Number.parseInt(version, 10), path: (each) => pathIn(folder, each) }
  } catch {
    return undefined
  }
}

/** `pg_dump (PostgreSQL) 17.5 (Debian …)`, `mongodump version: 100.9.4`. */
export function versionIn(text: string): string | undefined {
  return /(?:\(PostgreSQL\)|version:)\s+v?(\d+(?:\.\d+)*)/.exec(text)?.[1]
}

/** The major version in `pg_dump 17.5`; 0 where there is none. */
export function majorOf(tool: string): number {
  return Number.parseInt(/(\d+)/.exec(tool)?.[1] ?? '0', 10)
}

function pathIn(folder: string, name: string): string {
  return join(folder, process.platform === 'win32' ? `${name}.exe` : name)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

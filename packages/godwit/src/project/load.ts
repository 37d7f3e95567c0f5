import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse } from 'dotenv'
import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { FormatId } from '../formats/contract.js'
import { cacheIn } from '../loading/cache-folder.js'
import { loadConfigFile } from '../loading/load-config.js'
import { checkConfig } from './check-config.js'
import type { ProjectConfig } from './config.js'
import { detect } from './detect.js'
import { findConfig } from './find-config.js'

/** How a project is asked for. */
export interface ProjectQuery {
  /** Where the search starts. */
  cwd: string
  /** A config file, relative to `cwd`. */
  config?: string | undefined
  /** Which one, when the config has several. */
  project?: string | undefined
  env: Record<string, string | undefined>
}

/** A project as its config, or its folder, describes it. */
export interface ProjectDescription {
  /** Name of the project when the config has several, else of its folder. */
  name: string
  /** Set when the config has several projects. */
  key?: string
  /** Absolute folder that paths are relative to. */
  folder: string
  format: FormatId
  config: ProjectConfig
}

/**
 * Finds and reads a project's config, or detects the project where there is none. A `.env` beside it is read first and
 * never overrides a variable that is set (rule 26).
 *
 * @throws GodwitError for a config that is missing, throws, or says what it may not
 */
export async function loadProject(query: ProjectQuery): Promise<ProjectDescription> {
  const file = findConfig(query.cwd, query.config)
  const folder = file === undefined ? query.cwd : dirname(file)
  readDotenv(folder, query.env)
  cacheIn(folder)
  if (file === undefined) {
    const found = detect(folder)
    const config: ProjectConfig = {
      format: found.format,
      ...(found.migrations === undefined ? {} : { migrations: found.migrations }),
      ...(found.dataSource === undefined ? {} : { typeorm: { dataSource: found.dataSource } }),
    }
    return { name: nameOf(folder), folder, format: found.format, config }
  }
  const shown = relative(query.cwd, file)
  const { projects, ...single } = checkConfig(await loadConfigFile(file), shown)
  if (projects === undefined) {
    if (query.project !== undefined)
      throw new GodwitError('GODWIT_UNKNOWN_PROJECT', { wanted: query.project, known: [] })
    return { name: nameOf(folder), folder, format: single.format ?? detect(folder).format, config: single }
  }
  const key = chooseProject(Object.keys(projects), query.project)
  const config = { ...single, ...projects[key] }
  return { name: key, key, folder, format: config.format ?? detect(folder).format, config }
}

function chooseProject(known: string[], wanted: string | undefined): string {
  if (wanted === undefined) {
    if (known.length === 1) return known[0] as string
    throw new GodwitError('GODWIT_PROJECT_NEEDED', { known })
  }
  if (known.includes(wanted)) return wanted
  throw new GodwitError('GODWIT_UNKNOWN_PROJECT', { wanted, known, nearest: nearestTo(wanted, known) })
}

/** Reads the `.env` of a folder into the environment; what is set there stays. */
export function readDotenv(folder: string, env: Record<string, string | undefined>): void {
  const file = join(folder, '.env')
  if (!existsSync(file)) return
  for (const [name, value] of Object.entries(parse(readFileSync(file)))) env[name] ??= value
}

function nameOf(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }
    if (typeof name === 'string' && name !== '') return name
  } catch {
    // No package.json: the folder's own name does.
  }
  return folder.split(/[\\/]/).filter(Boolean).at(-1) ?? 'project'
}

import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import { formatIds, type GodwitConfig, type ProjectConfig, projectKeys } from './config.js'

/**
 * Checks what a config file exports.
 *
 * @param file for messages, relative to where people stand
 * @throws GodwitError GODWIT_UNKNOWN_CONFIG_KEY, GODWIT_CONFIG_INVALID
 */
export function checkConfig(value: unknown, file: string): GodwitConfig {
  if (!isRecord(value)) throw invalid(file, 'it must export an object: export default defineConfig({ … })')
  const { projects, ...single } = value
  checkProject(single, file, [...projectKeys, 'projects'])
  if (projects === undefined) return value as GodwitConfig
  if (!isRecord(projects) || Object.keys(projects).length === 0)
    throw invalid(file, "'projects' must be an object of projects by name")
  for (const [name, project] of Object.entries(projects)) {
    if (!isRecord(project)) throw invalid(file, `projects.${name} must be an object`)
    checkProject(project, file, projectKeys)
  }
  return value as GodwitConfig
}

function checkProject(project: Record<string, unknown>, file: string, known: readonly string[]): void {
  for (const key of Object.keys(project)) {
    if (known.includes(key)) continue
    throw new GodwitError('GODWIT_UNKNOWN_CONFIG_KEY', { key, file, nearest: nearestTo(key, known) })
  }
  for (const key of ['migrations', 'database', 'seeds', 'shadow'] satisfies (keyof ProjectConfig)[]) {
    const value = project[key]
    if (value !== undefined && typeof value !== 'string') throw invalid(file, `'${key}' must be a string`)
  }
  for (const key of [
    'godwit',
    'backup',
    'lint',
    'sql',
    'nodePgMigrate',
    'typeorm',
    'prisma',
    'mongo',
    'migrateMongo',
  ] satisfies (keyof ProjectConfig)[]) {
    if (project[key] !== undefined && !isRecord(project[key])) throw invalid(file, `'${key}' must be an object`)
  }
  const { format } = project
  if (format === undefined || formatIds.some((id) => id === format)) return
  const nearest = typeof format === 'string' ? nearestTo(format, formatIds) : undefined
  const advice = nearest === undefined ? `one of ${formatIds.join(', ')}` : `did you mean '${nearest}'?`
  throw invalid(file, `'format' is ${JSON.stringify(format)}: ${advice}`)
}

function invalid(file: string, reason: string): GodwitError {
  return new GodwitError('GODWIT_CONFIG_INVALID', { file, reason })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

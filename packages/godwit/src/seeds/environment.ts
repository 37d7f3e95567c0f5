import type { LoadedSeed } from './load.js'

/**
 * Which environment seeds run for. A database that is marked as production is nothing else, whatever was said.
 *
 * @param asked `--env`
 */
export function environmentOf(
  asked: string | undefined,
  production: boolean,
  env: Readonly<Record<string, string | undefined>>,
): string {
  if (production) return 'production'
  return asked ?? (env.NODE_ENV || 'development')
}

/** Whether a seed is for an environment. */
export function isFor({ env }: Pick<LoadedSeed, 'env'>, environment: string): boolean {
  return env === undefined || env.includes(environment)
}

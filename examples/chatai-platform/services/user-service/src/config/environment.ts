import { portFrom } from './port'

/** The environment with its ports as numbers, so that a wrong one stops the service before anything is connected. */
export function checkEnvironment(env: Record<string, unknown>): Record<string, unknown> {
  return {
    ...env,
    DATABASE_PORT: portFrom(env, 'DATABASE_PORT', 5432),
    USER_SERVICE_PORT: portFrom(env, 'USER_SERVICE_PORT', 4001),
  }
}

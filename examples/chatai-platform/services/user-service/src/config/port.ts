/**
 * A port of the environment, as a number. Not set, or set to nothing, it is the default.
 *
 * @throws Error that names the variable, for anything but a whole number from 1 to 65535
 */
export function portFrom(env: Record<string, unknown>, name: string, otherwise: number): number {
  const given = env[name]
  if (given === undefined || given === '') return otherwise
  const port = /^\d{1,5}$/.test(String(given)) ? Number(given) : 0
  if (port < 1 || port > 65_535) throw new Error(`${name} must be a port number, not "${given}"`)
  return port
}

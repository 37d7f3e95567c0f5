import { GodwitError } from '../errors.js'

/**
 * Wants a name to lead nowhere else: `../` in it is a slip, whatever a format would make of it.
 *
 * @throws GODWIT_NAME_UNUSABLE
 */
export function refusePathUp(name: string): void {
  if (name.split(/[/\\]/).some((part) => part.trim() === '..')) throw new GodwitError('GODWIT_NAME_UNUSABLE', { name })
}

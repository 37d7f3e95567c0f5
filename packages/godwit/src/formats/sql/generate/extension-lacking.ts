import { GodwitError } from '../../../errors.js'

/** The error of a statement that wants an extension which the shadow does not have; `undefined`: it failed for another reason. */
export function extensionLacking(name: string, reason: string, cause: unknown): GodwitError | undefined {
  const extension = /extension "([^"]+)" is not available/.exec(reason)?.[1]
  if (extension === undefined) return undefined
  return new GodwitError('GODWIT_SHADOW_EXTENSION', { name, reason, extension }, { cause })
}

import { GodwitError } from '../errors.js'

type Told = ConstructorParameters<typeof GodwitError>[2]

/**
 * The error of what wants an extension that the shadow does not have; `undefined`: it failed for another reason.
 *
 * @param name what wanted it
 * @param reason what the server said
 */
export function extensionLacking(name: string, reason: string, told?: Told): GodwitError | undefined {
  const extension = /extension "([^"]+)" is not available/.exec(reason)?.[1]
  return extension === undefined
    ? undefined
    : new GodwitError('GODWIT_SHADOW_EXTENSION', { name, reason, extension }, told)
}

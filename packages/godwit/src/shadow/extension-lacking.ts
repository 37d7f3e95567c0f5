import { GodwitError } from '../errors.js'

type Told = ConstructorParameters<typeof GodwitError>[2]

/** Types of extensions that are not PostgreSQL's own, and that a shadow may lack. */
const extensionOf: Readonly<Record<string, string>> = {
  geometry: 'postgis',
  geography: 'postgis',
  raster: 'postgis_raster',
  vector: 'vector',
  halfvec: 'vector',
}

/**
 * The error of what wants an extension that the shadow does not have; `undefined`: it failed for another reason.
 *
 * @param name what wanted it
 * @param reason what the server said
 */
export function extensionLacking(name: string, reason: string, told?: Told): GodwitError | undefined {
  const type = /^type "([^"]+?)(?:\(.*)?(?:\[\])?" does not exist/.exec(reason)?.[1]
  const extension = /extension "([^"]+)" is not available/.exec(reason)?.[1] ?? extensionOf[type ?? '']
  return extension === undefined
    ? undefined
    : new GodwitError('GODWIT_SHADOW_EXTENSION', { name, reason, extension }, told)
}

import { nearestTo } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { EntityPlace, Orm, OrmContext } from '../formats/contract.js'
import type { LoadedSeed } from './load.js'

/** Says of seeds that name an entity where its rows go. @throws GODWIT_SEED_ENTITY */
export async function placed(
  seeds: readonly LoadedSeed[],
  orm: Orm | undefined,
  context: () => OrmContext,
): Promise<LoadedSeed[]> {
  const result: LoadedSeed[] = []
  for (const seed of seeds)
    result.push(seed.kind === 'entity' ? { ...seed, at: await entityPlace(seed.entity, seed, orm, context()) } : seed)
  return result
}

/**
 * Where the rows of an entity go.
 *
 * @param of the seed that names it
 * @throws GODWIT_SEED_ENTITY
 */
export async function entityPlace(
  entity: unknown,
  of: Pick<LoadedSeed, 'name' | 'file'>,
  orm: Orm | undefined,
  context: OrmContext,
): Promise<EntityPlace> {
  const found = await orm?.describe(entity, context)
  if (found !== undefined) return found
  const known = orm === undefined ? [] : await orm.known(context)
  const name = entityName(entity)
  const reason = orm === undefined ? 'the project has no ORM that Godwit knows' : 'the project has none of that name'
  throw new GodwitError(
    'GODWIT_SEED_ENTITY',
    { seed: of.name, entity: name, reason, known, nearest: nearestTo(name, known) },
    { file: of.file },
  )
}

/** Where a seed's rows go, in the database's words; `undefined`: its own affair. */
export function placeOfSeed(seed: LoadedSeed): string | undefined {
  if (seed.kind === 'rows') return seed.place
  return seed.kind === 'entity' ? seed.at?.place : undefined
}

function entityName(entity: unknown): string {
  if (typeof entity === 'string') return entity
  const { name, modelName, options } = Object(entity) as Record<string, unknown>
  const said = [modelName, name, (options as { name?: unknown } | undefined)?.name]
  return said.find((each): each is string => typeof each === 'string' && each !== '') ?? String(entity)
}

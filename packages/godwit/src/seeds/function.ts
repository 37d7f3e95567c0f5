import type { SeedCounts, SeedRow } from '../databases/seeding.js'
import type { OrmContext } from '../formats/contract.js'
import type { SeedTools } from './definition.js'
import { hash } from './hash.js'
import type { LoadedFunction } from './load.js'
import { OrmTools } from './orm-tools.js'
import { entityPlace } from './places.js'
import { putEntityRows, putTableRows, type SeedAtWork } from './rows.js'

/** Calls a function seed with what it works with. */
export async function callFunction(seed: LoadedFunction, work: SeedAtWork): Promise<void> {
  const { driver } = work.seeding
  const orm = new OrmTools(seed, work)
  const given = await orm.forFunction(seed.run)
  const session = orm.session ?? (driver.kind === 'documents' ? driver.session : undefined)
  const tools: SeedTools = Object.create(given, {
    session: { enumerable: true, value: session },
    db: { enumerable: true, value: driver.kind === 'table' ? driver.client : driver.db },
    env: { enumerable: true, value: work.environment },
    hash: { enumerable: true, value: hash },
    log: { enumerable: true, value: (line: string) => work.log(String(line)) },
    upsert: { enumerable: true, value: upsertFor(seed, work) },
  })
  await seed.run(tools)
}

function upsertFor(seed: LoadedFunction, work: SeedAtWork): SeedTools['upsert'] {
  const { name, file } = seed
  return async (place, key, given, { onExisting = 'keep' } = {}): Promise<SeedCounts> => {
    const rows: readonly SeedRow[] = Array.isArray(given) ? given : [given as SeedRow]
    const upsert = { name, file, key, rows, onExisting }
    if (typeof place === 'string' && !(await isModel(place, work))) return putTableRows({ ...upsert, place }, work)
    const context: OrmContext = work.ormContext()
    const at = await entityPlace(place, seed, work.orm, context)
    return putEntityRows({ ...upsert, entity: place, at }, work)
  }
}

// A name may be that of a table and of a model.
async function isModel(name: string, { orm, ormContext, store }: SeedAtWork): Promise<boolean> {
  if (orm === undefined) return false
  if (!orm.modelsByName && (await store.places([name])).has(name)) return false
  return (await orm.describe(name, ormContext())) !== undefined
}

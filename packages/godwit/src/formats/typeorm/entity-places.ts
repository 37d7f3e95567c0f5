import { existsSync } from 'node:fs'
import { type CallSite, callSite } from '../../loading/call-site.js'
import { isInstalled } from '../../loading/module-kind.js'
import { framesOf, type Place } from '../../loading/stack-positions.js'

/** Where TypeORM keeps what decorators of classes said. */
export interface EntityStorage {
  tables: { target: unknown }[]
}

const places = new WeakMap<object, CallSite>()

/** Notes, while `load` imports entities, where each class is decorated: TypeORM itself never says in which file one stands. */
export async function notingEntities<T>({ tables }: EntityStorage, load: () => Promise<T>): Promise<T> {
  const push = tables.push
  tables.push = function noted(...added) {
    const site = callSite(noted)
    for (const { target } of added) if (typeof target === 'function') places.set(target, site)
    return push.apply(tables, added)
  }
  try {
    return await load()
  } finally {
    tables.push = push
  }
}

/** The place of an entity class; `undefined`: its file was loaded before anybody noted, or it is no class. */
export function placeOfEntity(target: unknown): Place | undefined {
  const site = typeof target === 'function' ? places.get(target) : undefined
  // Who runs with `--require ts-node/register` has TypeORM's own frames named after sources that it was not shipped with.
  const frames = framesOf(site?.stack ?? '').filter(({ file }) => !isInstalled(file) && existsSync(file))
  const first = frames[0]?.file
  // The compiler's own helper stands in the file too; what calls it is the class.
  const next = frames.findIndex(({ file }) => file !== first)
  return (next < 0 ? frames : frames.slice(0, next)).at(-1)
}

import { GodwitError } from '../../errors.js'
import { type CallSite, callSite, notingCalls } from '../../loading/call-site.js'
import { reasonOf } from '../../loading/error-facts.js'
import type { Collected, Queryable } from '../contract.js'
import type { Action, ChosenAction } from './actions.js'
import type { Builder, BuilderClass, BuilderLogger } from './builder.js'
import type { Shorthands } from './shorthands.js'

/** What a migration is collected with. */
export interface CollectOptions {
  name: string
  MigrationBuilder: BuilderClass
  shorthands: Shorthands
  decamelize: boolean
  logger: BuilderLogger
}

/**
 * Calls a migration's function on a builder and takes what it collected. `pgm.db` runs on `db` at once, as rule 20 has it.
 *
 * @throws whatever the function throws; GODWIT_PGM_NOT_INFERRED where `up` cannot be turned around
 */
export async function collect(chosen: ChosenAction, db: Queryable, options: CollectOptions): Promise<Collected> {
  const { MigrationBuilder, shorthands, decamelize, logger, name } = options
  const query: Queryable['query'] = (...args) => db.query(...args)
  const select = async (...args: Parameters<typeof query>): Promise<unknown[]> => (await query(...args)).rows
  const builder = new MigrationBuilder(
    { query: notingCalls(query), select: notingCalls(select) },
    shorthands,
    decamelize,
    logger,
  )
  if (chosen.reverse) builder.enableReverseMode()
  const calls: CallSite[] = []
  try {
    await call(chosen.action, remembering(builder, calls), () =>
      logger.warn(`${name} waits until it calls its second parameter.`),
    )
  } catch (cause) {
    if (chosen.reverse && cause instanceof Error && /automatically infer down/.test(cause.message))
      throw new GodwitError('GODWIT_PGM_NOT_INFERRED', { name, reason: reasonOf(cause) }, { cause })
    throw cause
  }
  return {
    statements: builder.getSqlSteps().map(closed),
    transaction: builder.isUsingTransaction(),
    calls: chosen.reverse ? calls.reverse() : calls,
  }
}

/** A builder whose operations, its own properties, keep a call site for every statement that they add. */
function remembering(builder: Builder, calls: CallSite[]): Builder {
  const operations = new Map<string | symbol, unknown>()
  return new Proxy(builder, {
    get(_, name): unknown {
      const operation: unknown = operations.get(name) ?? Reflect.get(builder, name)
      if (typeof operation !== 'function' || operations.has(name) || !Object.hasOwn(builder, name)) return operation
      const called = (...given: unknown[]): unknown => {
        const site = callSite(called)
        const result = operation.apply(builder, given)
        while (calls.length < builder.getSqlSteps().length) calls.push(site)
        return result
      }
      operations.set(name, called)
      return called
    },
  })
}

function call(action: Action, builder: Builder, onWaiting: () => void): unknown {
  if (action.length !== 2) return action(builder)
  // node-pg-migrate passes over an error given to the callback and over a rejected promise; here both count.
  return new Promise<void>((resolve, reject) => {
    let called = false
    const done = (error?: unknown): void => {
      called = true
      if (error instanceof Error) reject(error)
      else resolve()
    }
    const returned = action(builder, done)
    if (!(returned instanceof Promise)) return
    returned.then(() => {
      if (!called) onWaiting()
    }, reject)
  })
}

// A step that ends in a line comment hides its own semicolon; so it must not swallow the next step's beginning.
function closed(statement: string): string {
  return /--[^\n]*$/.test(statement) ? `${statement}\n;` : statement
}

import { GodwitError } from '../../errors.js'
import type { CompiledStep, LoadedStep } from '../contract.js'
import { runFunction } from './run-function.js'
import type { MongoSession } from './session.js'

/**
 * Looks into a step.
 *
 * @param atWork told when it begins
 * @throws GodwitError GODWIT_NO_TRANSACTIONS when it asks for one that the server does not have; GODWIT_UNFINISHED when
 * it was begun before and does not say any more that it may be run twice
 */
export function compileStep(session: MongoSession, step: LoadedStep, atWork: (name: string) => void): CompiledStep {
  const { body } = step
  if (body.kind !== 'documents') throw new GodwitError('GODWIT_BUG', { what: 'statements on MongoDB' })
  if (body.transaction && !session.connection.transactions)
    throw new GodwitError('GODWIT_NO_TRANSACTIONS', { name: step.name }, { file: step.file.file })
  // Without a transaction, what is gone on with is run from its start.
  if (step.resume !== undefined && !body.idempotent)
    throw new GodwitError('GODWIT_UNFINISHED', { names: [step.name] }, { file: step.file.file })
  let running = false
  return {
    step,
    inFunction: () => running,
    describe: async () => ({
      name: step.name,
      direction: step.direction,
      transaction: body.transaction ? 'one' : 'none',
      known: 'function',
      statements: [],
      more: 0,
      destroys: [],
    }),
    run: async (options) => {
      atWork(step.name)
      running = true
      try {
        return await runFunction(session, step, body, options)
      } finally {
        running = false
      }
    },
  }
}

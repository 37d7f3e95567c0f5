import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import type { PrismaClient } from './shapes.js'

/** The longest that a timer takes, in milliseconds: Prisma would end a transaction of a few seconds. */
const WITHOUT_LIMIT = 2_147_483_647
const WHERE = `SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()) || ' ' || pg_postmaster_start_time()::text AS place`

/** A transaction of a client that has a connection of its own. */
export interface OwnTransaction {
  inside: PrismaClient
  end: (outcome: 'done' | 'failed') => Promise<void>
}

/**
 * Opens a transaction of the client's own, once it is sure that it leads to the same database.
 *
 * @throws GODWIT_PRISMA_ELSEWHERE
 */
export async function openTransaction(
  prisma: PrismaClient,
  { file, session, address }: { file: string; session: pg.Client; address: string },
): Promise<OwnTransaction> {
  let finish: (outcome: 'done' | 'failed') => void = () => {}
  const finished = new Promise<'done' | 'failed'>((resolve) => {
    finish = resolve
  })
  let ended: Promise<unknown> = Promise.resolve()
  const inside = await new Promise<PrismaClient>((resolve, reject) => {
    ended = prisma.$transaction(
      async (client) => {
        const [here] = (await session.query(WHERE)).rows
        const [there] = await client.$queryRawUnsafe(WHERE)
        if (here?.place !== there?.place) throw new GodwitError('GODWIT_PRISMA_ELSEWHERE', { file, wanted: address })
        resolve(client)
        if ((await finished) === 'failed') throw undone
      },
      { maxWait: 10_000, timeout: WITHOUT_LIMIT },
    )
    ended.catch(reject)
  })
  return {
    inside,
    end: async (outcome) => {
      finish(outcome)
      await ended.catch((error: unknown) => {
        if (error !== undone) throw error
      })
    },
  }
}

const undone = new Error('The seed failed')

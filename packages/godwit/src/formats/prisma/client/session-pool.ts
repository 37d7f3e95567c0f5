import { createRequire } from 'node:module'
import { join } from 'node:path'
import type pg from 'pg'
import { loadPeer } from '../../../loading/peer.js'

interface AdapterModule {
  PrismaPg: new (pool: unknown, options: { schema: string }) => unknown
}

type Query = { text: string } & Record<string, unknown>

/**
 * Prisma's adapter on one given client and nowhere else: what the client does is in the transaction that is open there, and
 * its own transactions are savepoints.
 *
 * @throws GODWIT_PEER_MISSING
 */
export async function adapterOn(client: pg.Client, projectDir: string): Promise<unknown> {
  const { PrismaPg } = await loadPeer<AdapterModule>('@prisma/adapter-pg', { from: projectDir, why: 'PrismaClient' })
  const pool = await sessionPool(client, projectDir)
  const { rows } = await client.query<{ schema: string | null }>('SELECT current_schema() AS schema')
  return new PrismaPg(pool, { schema: rows[0]?.schema ?? 'public' })
}

// The adapter takes a pool for one only when it is one of its own `pg`.
async function sessionPool(client: pg.Client, projectDir: string): Promise<pg.Pool> {
  const adapter = createRequire(join(projectDir, 'package.json')).resolve('@prisma/adapter-pg')
  const { Pool } = await loadPeer<typeof pg>('pg', { from: adapter, why: 'PrismaClient' })
  let turn = Promise.resolve()
  let savepoints = 0
  const open = async () => {
    // Savepoints of two transactions at once would end each other.
    const before = turn
    let release = () => {}
    turn = new Promise((resolve) => {
      release = resolve
    })
    await before
    const name = `godwit_prisma_${++savepoints}`
    const query = (given: Query) => client.query({ ...given, text: asSavepoint(given.text, name) } as pg.QueryConfig)
    return { query, release, on: () => {}, removeListener: () => {} }
  }
  class SessionPool extends Pool {
    override connect = open as unknown as pg.Pool['connect']
    override query = ((given: Query) => client.query(given)) as unknown as pg.Pool['query']
    override end = async (): Promise<void> => {}
  }
  return new SessionPool()
}

function asSavepoint(text: string, name: string): string {
  if (/^\s*BEGIN\b/i.test(text)) return `SAVEPOINT ${name}`
  if (/^\s*COMMIT\b/i.test(text)) return `RELEASE SAVEPOINT ${name}`
  if (/^\s*ROLLBACK\s*;?\s*$/i.test(text)) return `ROLLBACK TO SAVEPOINT ${name}`
  // The transaction around it has its level already.
  return /^\s*SET\s+TRANSACTION\b/i.test(text) ? 'SELECT 1' : text
}

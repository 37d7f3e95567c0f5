import pg from 'pg'
import { onTestFinished } from 'vitest'
import { RUNNER_LOCK } from '../../../src/databases/postgres/journal.js'

/** The runner's lock of Godwit, and those of its peers. */
export const locks = { godwit: RUNNER_LOCK, prisma: 72707369n, nodePgMigrate: 7241865325823964n }

/** A session that holds an advisory lock, as another tool would. */
export interface HeldLock {
  pid: number
  release: () => Promise<void>
}

/** Takes a lock on a session of its own, ended with the test at the latest. */
export async function holdLock(url: string, key: bigint, applicationName: string): Promise<HeldLock> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  const { rows } = await client.query<{ pid: number; taken: boolean }>(
    `select pg_backend_pid() as pid, pg_try_advisory_lock(${key}) as taken`,
  )
  if (rows[0]?.taken !== true) throw new Error(`the lock ${key} is not free`)
  return { pid: rows[0].pid, release: () => client.end() }
}

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import type { RunEvent } from '../../../../src/index.js'
import type { TestTarget } from '../../subject.js'

/** Another session, with its transaction open. */
export interface BlockingSession {
  pid: number
  run: (text: string) => Promise<unknown>
  /** Rolls back, so that what it holds is free. */
  end: () => Promise<void>
}

/** Opens a transaction on a session of its own that has run this; ended with the test. */
export async function blockingSession(target: Pick<TestTarget, 'url'>, text: string): Promise<BlockingSession> {
  const client = new pg.Client({ connectionString: target.url, application_name: 'reports' })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  await client.query(`begin; ${text}`)
  return {
    pid: rows[0]?.pid as number,
    run: (text) => client.query(text),
    end: async () => {
      await client.query('rollback')
    },
  }
}

/** The first event of a type, when it is there. */
export async function eventOf<Type extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: Type,
): Promise<Extract<RunEvent, { type: Type }>> {
  for (;;) {
    const found = events.find((event) => event.type === type)
    if (found !== undefined) return found as Extract<RunEvent, { type: Type }>
    await sleep(20)
  }
}

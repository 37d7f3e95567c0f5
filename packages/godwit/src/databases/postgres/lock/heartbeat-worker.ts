import { createRequire } from 'node:module'
import { workerData } from 'node:worker_threads'
import type pg from 'pg'
import type { HeartbeatData } from '../../lease/heartbeat.js'
import { keepRenewing } from '../../lease/heartbeat-thread.js'

/** What the thread is given. */
export interface PostgresHeartbeat extends HeartbeatData {
  /** The driver's file. */
  driver: string
  config: pg.ClientConfig
  /** The renewal without its two values: `$1` the fence, `$2` the migration at work. */
  renewal: string
}

const data = workerData as PostgresHeartbeat
// As in connection.ts: without it `pg` loads undici.
if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node.js' } })
const { Client } = createRequire(import.meta.url)(data.driver) as typeof pg
let client: pg.Client | undefined

keepRenewing(data, {
  renew: async (fence, at) => {
    client ??= await connect()
    return (await client.query(data.renewal, [fence, at])).rowCount !== 0
  },
  broken: () => {
    client?.end().catch(() => {})
    client = undefined
  },
  close: async () => client?.end(),
})

async function connect(): Promise<pg.Client> {
  const made = new Client(data.config)
  // Without a listener a connection that breaks between two beats would end the thread; the next beat finds out.
  made.on('error', () => {
    if (client === made) client = undefined
  })
  await made.connect()
  return made
}

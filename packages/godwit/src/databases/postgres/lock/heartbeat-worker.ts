import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type pg from 'pg'
import type { HeartbeatData, HeartbeatNews, HeartbeatOrder } from '../../lease/heartbeat.js'
import { RENEW_EVERY_MS } from '../../lease/owner.js'
import { readName } from '../../lease/shared-name.js'

/** What the thread is given. */
export interface PostgresHeartbeat extends HeartbeatData {
  /** The driver's file. */
  driver: string
  config: pg.ClientConfig
  /** The renewal without its two values: `$1` the fence, `$2` the migration at work. */
  renewal: string
}

const RETRY_MS = 1_000

const { driver, config, renewal, at, fence: first } = workerData as PostgresHeartbeat
// As in connection.ts: without it `pg` loads undici.
if (!('navigator' in globalThis)) Object.defineProperty(globalThis, 'navigator', { value: { userAgent: 'Node.js' } })
const { Client } = createRequire(import.meta.url)(driver) as typeof pg
let fence = first
let client: pg.Client | undefined
let due: NodeJS.Timeout | undefined
let stopped = false

parentPort?.on('message', (order: HeartbeatOrder) => {
  if (order.type === 'fence') fence = order.fence
  else void stop()
})

// The lease was taken just now.
due = setTimeout(beat, RENEW_EVERY_MS)

async function beat(): Promise<void> {
  const asked = fence
  try {
    client ??= await connect()
    const { rowCount } = await client.query(renewal, [asked, readName(at)])
    if (rowCount === 0 && asked === fence) tell({ type: 'lost', fence })
    next(RENEW_EVERY_MS)
  } catch (error) {
    const broken = client
    client = undefined
    broken?.end().catch(() => {})
    tell({ type: 'trouble', message: error instanceof Error ? error.message : String(error) })
    next(RETRY_MS)
  }
}

async function connect(): Promise<pg.Client> {
  const made = new Client(config)
  // Without a listener a connection that breaks between two beats would end the thread; the next beat finds out.
  made.on('error', () => {
    if (client === made) client = undefined
  })
  await made.connect()
  return made
}

function next(inMs: number): void {
  if (!stopped) due = setTimeout(beat, inMs)
}

function tell(news: HeartbeatNews): void {
  if (!stopped) parentPort?.postMessage(news)
}

async function stop(): Promise<void> {
  stopped = true
  clearTimeout(due)
  await client?.end().catch(() => {})
  parentPort?.close()
}

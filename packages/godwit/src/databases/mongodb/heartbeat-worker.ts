import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import type { MongoClient, MongoClientOptions } from 'mongodb'
import type { HeartbeatData, HeartbeatNews, HeartbeatOrder } from '../lease/heartbeat.js'
import { RENEW_EVERY_MS } from '../lease/owner.js'
import { readName } from '../lease/shared-name.js'

/** What the thread is given. */
export interface MongoHeartbeat extends HeartbeatData {
  /** The driver's file. */
  driver: string
  url: string
  options: MongoClientOptions
  /** Of the lease. */
  collection: string
  /** The document of migrate-mongo's own lock, which grows old unless it is written again. */
  peer?: { collection: string; owner: string } | undefined
}

const RETRY_MS = 1_000

const { driver, url, options, collection, peer, at, fence: first } = workerData as MongoHeartbeat
const mongodb = createRequire(import.meta.url)(driver) as { MongoClient: typeof MongoClient }
let fence = first
let client: MongoClient | undefined
let due: NodeJS.Timeout | undefined = setTimeout(beat, RENEW_EVERY_MS)
let stopped = false

parentPort?.on('message', (order: HeartbeatOrder) => {
  if (order.type === 'fence') fence = order.fence
  else void stop()
})

async function beat(): Promise<void> {
  const asked = fence
  try {
    client ??= new mongodb.MongoClient(url, { ...options, appName: 'godwit heartbeat', maxPoolSize: 1 })
    const db = client.db()
    const lease = db.collection<{ _id: string; fence: number; beat: number; at: string | null }>(collection)
    const { matchedCount } = await lease.updateOne(
      { _id: 'runner', fence: Number(asked) },
      { $inc: { beat: 1 }, $set: { at: readName(at) } },
    )
    if (matchedCount === 0 && asked === fence) tell({ type: 'lost', fence })
    if (peer !== undefined && matchedCount === 1)
      await db.collection(peer.collection).updateOne({ godwit: peer.owner }, { $set: { createdAt: new Date() } })
    next(RENEW_EVERY_MS)
  } catch (error) {
    tell({ type: 'trouble', message: error instanceof Error ? error.message : String(error) })
    next(RETRY_MS)
  }
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
  await client?.close().catch(() => {})
  parentPort?.close()
}

import { createRequire } from 'node:module'
import { workerData } from 'node:worker_threads'
import type { MongoClient, MongoClientOptions } from 'mongodb'
import type { HeartbeatData } from '../lease/heartbeat.js'
import { keepRenewing } from '../lease/heartbeat-thread.js'

/** What the thread is given. */
export interface MongoHeartbeat extends HeartbeatData {
  /** The driver's file. */
  driver: string
  url: string
  options: MongoClientOptions
  /** Of the lease. */
  collection: string
  /** The document of migrate-mongo's own lock, which grows old unless it is written again. */
  peer?: { collection: string; token: string } | undefined
}

const data = workerData as MongoHeartbeat
const { driver, url, options, collection, peer } = data
const mongodb = createRequire(import.meta.url)(driver) as { MongoClient: typeof MongoClient }
let client: MongoClient | undefined

keepRenewing(data, {
  renew: async (fence, at) => {
    client ??= new mongodb.MongoClient(url, { ...options, appName: 'godwit heartbeat', maxPoolSize: 1 })
    const db = client.db()
    const lease = db.collection<{ _id: string; fence: number; beat: number; at: string | null }>(collection)
    const { matchedCount } = await lease.updateOne(
      { _id: 'runner', fence: Number(fence) },
      { $inc: { beat: 1 }, $set: { at } },
    )
    if (peer !== undefined && matchedCount === 1)
      await db.collection(peer.collection).updateOne({ godwit: peer.token }, { $set: { createdAt: new Date() } })
    return matchedCount === 1
  },
  close: async () => client?.close(),
})

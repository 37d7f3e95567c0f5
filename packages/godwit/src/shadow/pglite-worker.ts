import { parentPort, workerData } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import { loadExtensions } from '../databases/embedded/extensions.js'
import { loadPglite } from '../databases/embedded/load-pglite.js'
import { archiveFs, UnknownDataFolder } from './archive-fs.js'
import type { PgliteAnswer, PgliteData, PgliteOrder } from './pglite-orders.js'

const { projectDir, extensions: wanted, archive } = workerData as PgliteData

const pglite = open()
// One order after the other, as PGlite itself takes them.
let last = answer(async () => {
  await pglite
  return null
})
parentPort?.on('message', (order: PgliteOrder) => {
  last = last.then(() => answer(() => done(order)))
})

async function open(): Promise<PGlite> {
  const { PGlite, MemoryFS } = await loadPglite(projectDir)
  const options = { extensions: await loadExtensions(projectDir, wanted) }
  if (archive === undefined) return PGlite.create({ ...options, dataDir: 'memory://' })
  try {
    return await PGlite.create({ ...options, fs: archiveFs(MemoryFS, archive) })
  } catch (error) {
    if (!(error instanceof UnknownDataFolder)) throw error
    return PGlite.create({ ...options, loadDataDir: new Blob([archive as Uint8Array<ArrayBuffer>]) })
  }
}

async function done(order: PgliteOrder): Promise<Uint8Array | null> {
  const server = await pglite
  // What it gives may lie in the memory that it goes on to use.
  if (order.type === 'protocol') return Uint8Array.from(await server.execProtocolRaw(order.messages))
  if (order.type === 'archive') return new Uint8Array(await (await server.dumpDataDir('none')).arrayBuffer())
  await server.exec(order.sql)
  return null
}

async function answer(work: () => Promise<Uint8Array | null>): Promise<void> {
  try {
    const bytes = await work()
    send({ bytes }, bytes === null ? [] : [bytes.buffer as ArrayBuffer])
  } catch (error) {
    const { message, name } = error instanceof Error ? error : { message: String(error), name: 'Error' }
    send({ error: { ...plain(error), message, name } })
  }
}

function send(news: PgliteAnswer, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(news, transferred)
}

// An error's own fields are lost on the way to another thread, and some cannot go there.
function plain(error: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(error ?? {}) ?? '{}') as Record<string, unknown>
}

import { parentPort, workerData } from 'node:worker_threads'
import type { PGlite } from '@electric-sql/pglite'
import { loadExtensions } from '../databases/embedded/extensions.js'
import { loadPglite } from '../databases/embedded/load-pglite.js'
import type { PgliteAnswer, PgliteData, PgliteOrder } from './pglite-orders.js'

const { projectDir, extensions, archive } = workerData as PgliteData

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
  const made = await loadPglite(projectDir)
  return made.create({
    dataDir: 'memory://',
    extensions: await loadExtensions(projectDir, extensions),
    ...(archive === undefined ? {} : { loadDataDir: asBlob(archive) }),
  })
}

// A Blob with it inside would copy it twice, the second time in small pieces.
function asBlob({ buffer, byteOffset, byteLength }: Uint8Array): Blob {
  const whole = byteOffset === 0 && byteLength === buffer.byteLength
  const bytes = whole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)
  return Object.assign(new Blob([]), { arrayBuffer: async () => bytes })
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

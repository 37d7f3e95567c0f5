import { once } from 'node:events'
import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { CompiledItem } from './compile.js'

const CHUNK_BYTES = 64 * 1024

/**
 * Runs one `COPY … FROM stdin` with the data that follows it in the script, in chunks of 64 KB or more.
 *
 * @param items the script's items, at the first piece of data; read up to the end of the data
 */
export async function copyIn(client: pg.Client, statement: string, items: AsyncIterator<CompiledItem>): Promise<void> {
  const stream = client.query(copyStreams.from(statement))
  const finished = new Promise<void>((resolve, reject) => {
    stream.on('finish', resolve)
    stream.on('error', reject)
  })
  finished.catch(() => {})
  let failed = false
  stream.on('error', () => {
    failed = true
  })
  let pending = ''
  for (let next = await items.next(); !next.done && next.value.kind === 'copy-data'; next = await items.next()) {
    pending += next.value.text
    if (pending.length < CHUNK_BYTES || failed) continue
    if (!stream.write(pending)) await Promise.race([once(stream, 'drain'), finished])
    pending = ''
  }
  if (pending !== '' && !failed) stream.write(pending)
  stream.end()
  await finished
}

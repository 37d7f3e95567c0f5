import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type pg from 'pg'
import copyStreams from 'pg-copy-streams'
import type { CompiledItem } from './compile.js'
import type { Connection } from './connection.js'
import { Message, type MessageFailure } from './message.js'

const CHUNK_BYTES = 64 * 1024

/**
 * Runs one `COPY … FROM stdin` with the data that follows it in the script, in chunks of 64 KB or more.
 *
 * @param items the script's items, at the first piece of data; read up to the end of the data
 */
export async function copyIn(
  connection: Connection,
  statement: string,
  items: AsyncIterator<CompiledItem>,
): Promise<void> {
  if (connection.embedded) return copyAtOnce(connection, statement, items)
  const stream = connection.client.query(copyStreams.from(statement))
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

// PGlite ends when it must wait for the data of a COPY: statement and data reach it as one piece.
async function copyAtOnce(
  connection: Connection,
  statement: string,
  items: AsyncIterator<CompiledItem>,
): Promise<void> {
  const data: Buffer[] = []
  for (let next = await items.next(); !next.done && next.value.kind === 'copy-data'; next = await items.next())
    data.push(Buffer.from(next.value.text))
  const message = new CopyMessage(statement, data)
  connection.client.query(message)
  // The driver's error, as a stream gives it.
  await message.done.catch((failure: MessageFailure) => Promise.reject(failure.cause))
}

class CopyMessage extends Message {
  readonly #data: readonly Buffer[]

  constructor(statement: string, data: readonly Buffer[]) {
    super(statement)
    this.#data = data
  }

  override submit(connection: pg.Connection): void {
    const wire = connection as unknown as CopyWire
    wire.stream.cork()
    super.submit(connection)
    for (const piece of this.#data) wire.sendCopyFromChunk(piece)
    wire.endCopyFrom()
    wire.stream.uncork()
  }

  override handleCopyInResponse(): void {}
}

interface CopyWire {
  stream: Writable
  sendCopyFromChunk: (chunk: Buffer) => void
  endCopyFrom: () => void
}

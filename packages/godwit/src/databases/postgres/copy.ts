import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type pg from 'pg'
import copyStreams, { type CopyStreamQuery } from 'pg-copy-streams'
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
  const copy = new CopyIn(connection, statement)
  for (let next = await items.next(); !next.done && next.value.kind === 'copy-data'; next = await items.next())
    await copy.write(next.value.text)
  await copy.end()
}

/**
 * One `COPY … FROM stdin` under way. What the server says against it comes from {@link CopyIn.end}; until then what is written
 * goes nowhere.
 */
export class CopyIn {
  readonly #connection: Connection
  readonly #statement: string
  readonly #stream: CopyStreamQuery | undefined
  readonly #finished: Promise<void>
  #failed = false
  #pending = ''
  readonly #kept: Buffer[] = []

  constructor(connection: Connection, statement: string) {
    this.#connection = connection
    this.#statement = statement
    // PGlite ends when it must wait for the data of a COPY: statement and data reach it as one piece.
    const stream = connection.embedded ? undefined : connection.client.query(copyStreams.from(statement))
    this.#stream = stream
    this.#finished = new Promise((resolve, reject) => {
      stream?.on('finish', resolve)
      stream?.on('error', (error) => {
        this.#failed = true
        reject(error)
      })
    })
    this.#finished.catch(() => {})
  }

  /** The server has said something against it; more data is of no use. */
  get failed(): boolean {
    return this.#failed
  }

  async write(text: string): Promise<void> {
    this.#pending += text
    if (this.#pending.length < CHUNK_BYTES || this.#failed) return
    const chunk = this.#pending
    this.#pending = ''
    await this.writeBytes(Buffer.from(chunk))
  }

  /** The same for a chunk of UTF-8, which must not be touched any more. Behind no text that is held back yet. */
  async writeBytes(chunk: Buffer): Promise<void> {
    if (this.#failed) return
    if (this.#stream === undefined) this.#kept.push(chunk)
    else if (!this.#stream.write(chunk))
      await Promise.race([once(this.#stream, 'drain'), this.#finished]).catch(() => {})
  }

  async end(): Promise<void> {
    if (this.#stream === undefined) return this.#atOnce()
    if (this.#pending !== '' && !this.#failed) this.#stream.write(this.#pending)
    this.#stream.end()
    await this.#finished
  }

  async #atOnce(): Promise<void> {
    const message = new CopyMessage(this.#statement, [...this.#kept, Buffer.from(this.#pending)])
    this.#connection.client.query(message)
    // The driver's error, as a stream gives it.
    await message.done.catch((failure: MessageFailure) => Promise.reject(failure.cause))
  }
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

import type pg from 'pg'

interface Wire {
  stream: { write: (bytes: Buffer) => boolean }
  query: (text: string) => void
  sendCopyFail: (reason: string) => void
}

/** The server's answer to one message. */
export interface MessageResult {
  /** How many statements were completed. */
  completed: number
  /** Fields of the last row that came back, as text. */
  lastRow: (string | null)[]
}

/** A message failed; `completed` statements before the failing one were run. */
export class MessageFailure extends Error {
  readonly completed: number
  override readonly cause: Error

  constructor(cause: Error, completed: number) {
    super(cause.message)
    this.cause = cause
    this.completed = completed
  }
}

/**
 * One simple-protocol message of any number of statements. Unlike a query of `pg`, it keeps no rows, and on an error
 * it tells how many statements were done.
 */
export class Message implements pg.Submittable {
  readonly done: Promise<MessageResult>
  #sent: string | Buffer
  #completed = 0
  #lastRow: (string | null)[] = []
  #resolve!: (result: MessageResult) => void
  #reject!: (error: MessageFailure) => void

  /** @param sent its text, or what {@link encoded} made of it */
  constructor(sent: string | Buffer) {
    this.#sent = sent
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit(connection: pg.Connection): void {
    const wire = connection as unknown as Wire
    if (typeof this.#sent === 'string') wire.query(this.#sent)
    else wire.stream.write(this.#sent)
    this.#sent = ''
  }

  handleRowDescription(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.#lastRow = message.fields
  }

  handleCommandComplete(): void {
    this.#completed++
  }

  handleCopyInResponse(connection: pg.Connection): void {
    ;(connection as unknown as Wire).sendCopyFail('no data for COPY FROM stdin')
  }

  handleCopyData(): void {}

  // After an error `pg` calls nothing more on a query; the next one waits for ReadyForQuery by itself.
  handleError(error: Error): void {
    this.#reject(new MessageFailure(error, this.#completed))
  }

  handleReadyForQuery(): void {
    this.#resolve({ completed: this.#completed, lastRow: this.#lastRow })
  }
}

const LENGTH_BYTES = 4

/** A text as the protocol's `Query` message: its kind, its length and a NUL at the end. */
export function encoded(text: string): Buffer {
  const length = LENGTH_BYTES + Buffer.byteLength(text) + 1
  const bytes = Buffer.alloc(1 + length)
  bytes.write('Q')
  bytes.writeInt32BE(length, 1)
  bytes.write(text, 1 + LENGTH_BYTES)
  return bytes
}

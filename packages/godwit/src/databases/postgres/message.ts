import type pg from 'pg'

interface Wire {
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
  #text: string
  #completed = 0
  #lastRow: (string | null)[] = []
  #resolve!: (result: MessageResult) => void
  #reject!: (error: MessageFailure) => void

  constructor(text: string) {
    this.#text = text
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit(connection: pg.Connection): void {
    ;(connection as unknown as Wire).query(this.#text)
    this.#text = ''
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

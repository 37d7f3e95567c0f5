import { Duplex } from 'node:stream'

/** A PGlite, here or on another thread. */
export interface ProtocolServer {
  /** Takes messages of the wire protocol, and gives the answers. */
  execProtocolRaw: (messages: Uint8Array) => Promise<Uint8Array>
}

/**
 * The stream that `pg` talks to in the place of a socket: every message goes to a PGlite of this process. So the embedded
 * database is used through the same client, protocol and types as a server.
 */
export class PgliteStream extends Duplex {
  readonly #pglite: ProtocolServer

  constructor(pglite: ProtocolServer) {
    super()
    this.#pglite = pglite
  }

  connect(): this {
    setImmediate(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#pglite.execProtocolRaw(chunk).then(
      // Nothing here waits for the outside: without a turn of the event loop no signal would come through.
      (answer) =>
        setImmediate(() => {
          if (answer.length > 0) this.push(Buffer.from(answer))
          done()
        }),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    )
  }

  // What was written while corked belongs together, such as a COPY and its data.
  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done)
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }
}

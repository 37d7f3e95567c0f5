import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Cut, Exchange } from './cut.js'
import { Frames } from './frames.js'

/** What says that the server is done with a message, or waits for the client: ReadyForQuery, COPY … FROM, authentication. */
const ANSWERED = new Set(['Z', 'G', 'R'])

/** A proxy between a runner and its server that counts messages and bytes, and loses the connection at one place. */
export interface CuttingProxy {
  url: string
  /** What went over the first connection so far. */
  exchanges: readonly Exchange[]
  /** The cut was made. */
  cut: Promise<void>
  wasCut: () => boolean
  /** Takes connections again, after `away`. */
  letBack: () => void
  close: () => Promise<void>
}

/**
 * Opens one.
 *
 * @param cut absent: nothing is lost, and the conversation is recorded
 * @param onCut called at that moment, before a byte more is passed on
 */
export async function openCuttingProxy(url: string, cut?: Cut, onCut = () => {}): Promise<CuttingProxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  const exchanges: Exchange[] = []
  let taken = 0
  let reachable = true
  let made = () => {}
  let wasCut = false
  const whenCut = new Promise<void>((resolve) => {
    made = resolve
  })
  const server = createServer((client) => {
    if (!reachable) return void client.destroy()
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    // Ended, not destroyed: what was written on the way there still arrives, as it does behind a process that died.
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
    if (taken++ === 0) new Wire(client, upstream, exchanges, cut, () => lose(upstream))
    else {
      client.pipe(upstream)
      upstream.pipe(client)
    }
  })
  function lose(upstream: Socket): void {
    wasCut = true
    onCut()
    reachable = cut?.fate === 'lost' || cut?.fate === 'raced'
    // A runner that reaches nothing has lost its other connections as well.
    for (const socket of reachable ? [] : sockets) if (socket !== upstream) socket.destroy()
    made()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.toString(),
    exchanges,
    cut: whenCut,
    wasCut: () => wasCut,
    letBack: () => {
      reachable = true
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The runner's first connection: counted, and cut. */
class Wire {
  readonly #client: Socket
  readonly #upstream: Socket
  readonly #exchanges: Exchange[]
  readonly #cut: Cut | undefined
  readonly #lose: () => void
  #passed = 0
  #lost = false

  constructor(client: Socket, upstream: Socket, exchanges: Exchange[], cut: Cut | undefined, lose: () => void) {
    this.#client = client
    this.#upstream = upstream
    this.#exchanges = exchanges
    this.#cut = cut
    this.#lose = lose
    const asked = new Frames(true)
    const answers = new Frames(false)
    client.on('data', (chunk: Buffer) => {
      for (const piece of asked.pieces(chunk)) this.#ask(piece.bytes, piece.first, piece.last, piece.length)
    })
    upstream.on('data', (chunk: Buffer) => {
      for (const piece of answers.pieces(chunk)) this.#answer(piece.bytes, piece.last && ANSWERED.has(piece.type))
    })
  }

  #ask(bytes: Buffer, first: boolean, last: boolean, length: number): void {
    if (this.#lost) return
    if (first) {
      this.#exchanges.push({ sent: length, answered: 0 })
      this.#passed = 0
    }
    const cut = this.#here()
    const room = (cut?.bytes ?? 0) - this.#passed
    this.#passed += bytes.length
    if (cut?.place === 'before') this.#end()
    else if (cut?.place === 'inside' && bytes.length >= room) this.#end(bytes.subarray(0, room))
    else if (cut?.place === 'sent' && last) this.#end(bytes)
    else this.#upstream.write(bytes)
  }

  #answer(bytes: Buffer, done: boolean): void {
    if (this.#lost) return
    const exchange = this.#exchanges.at(-1)
    const before = exchange?.answered ?? 0
    if (exchange !== undefined) exchange.answered += bytes.length
    const cut = this.#here()
    const room = (cut?.bytes ?? 0) - before
    if (cut?.place === 'told' && bytes.length >= room) {
      this.#client.write(bytes.subarray(0, room))
      this.#end()
    } else if (cut?.place !== 'answered') this.#client.write(bytes)
    else if (done) this.#end()
  }

  #here(): Cut | undefined {
    return this.#cut !== undefined && this.#exchanges.length - 1 === this.#cut.message ? this.#cut : undefined
  }

  // What was passed on still arrives: a socket that is ended sends what was written.
  #end(last?: Buffer): void {
    this.#lost = true
    if (last !== undefined) this.#upstream.end(last)
    else this.#upstream.end()
    if (this.#cut?.place === 'told') this.#client.end()
    else this.#client.destroy()
    this.#lose()
  }
}

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A proxy in front of a server that can lose a connection at an exact place. */
export interface Proxy {
  url: string
  /** Loses the connection when the server has answered what holds this text, and keeps that answer to itself. */
  cutAfter: (text: string, options?: CutOptions) => void
  /** Loses the connection instead of passing on what holds this text. */
  cutBefore: (text: string, options?: CutOptions) => void
  /** How many connections were lost. */
  cuts: () => number
}

interface CutOptions {
  /** Takes no connection any more. */
  forGood?: boolean
  /** Takes no connection for this long. */
  awayMs?: number
  /** Lets it pass this often before. */
  skip?: number
}

interface Cut extends CutOptions {
  text: string
  when: 'before' | 'after'
}

// ReadyForQuery: the server is done with the message.
const readyForQuery = (piece: Buffer) => piece.length >= 6 && piece.at(-6) === 0x5a

/**
 * Opens a proxy to a server, closed when the test ends.
 *
 * @param answered whether what the server sends ends its answer
 */
export async function openProxy(url: string, answered: (piece: Buffer) => boolean = readyForQuery): Promise<Proxy> {
  const target = new URL(url)
  const sockets = new Set<Socket>()
  let planned: Cut | undefined
  let cuts = 0
  let awayUntil = 0
  const server = createServer((client) => {
    if (performance.now() < awayUntil) return void client.destroy()
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
    }
    let silent = false
    const lose = () => {
      cuts++
      client.destroy()
      upstream.destroy()
    }
    client.on('data', (piece) => {
      const cut = planned
      if (cut === undefined || !piece.includes(cut.text)) return void upstream.write(piece)
      if (cut.skip) {
        cut.skip--
        return void upstream.write(piece)
      }
      planned = undefined
      if (cut.forGood) server.close()
      if (cut.awayMs !== undefined) awayUntil = performance.now() + cut.awayMs
      if (cut.when === 'before') return lose()
      silent = true
      upstream.write(piece)
    })
    upstream.on('data', (piece) => {
      if (!silent) client.write(piece)
      else if (answered(piece)) lose()
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  through.hostname = '127.0.0.1'
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.toString(),
    cutAfter: (text, options) => {
      planned = { text, when: 'after', ...options }
    },
    cutBefore: (text, options) => {
      planned = { text, when: 'before', ...options }
    },
    cuts: () => cuts,
  }
}

import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../packages/godwit/test/support/free-port.js'

/** A way to a database that can be shut: then it looks as if the server had died. */
export interface Gate {
  port: number
  open: () => Promise<void>
  /** Cuts what is connected, and refuses what comes. */
  shut: () => Promise<void>
  /** From now on nothing that is sent is passed on, and nothing is cut: a server that hangs. */
  hang: () => void
}

/** Makes a gate in front of a database's server; it is shut at first. */
export async function makeGate(url: string): Promise<Gate> {
  const { hostname, port: target } = new URL(url)
  const port = await freePort()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let hanging = false
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.on('data', (chunk) => {
      if (!hanging) to.write(chunk)
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }
  const shut = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy()
    await new Promise<unknown>((done) => (server?.listening ? server.close(done) : done(undefined)))
  }
  onTestFinished(shut)
  return {
    port,
    open: () =>
      new Promise((done) => {
        server = createServer((client) => {
          const upstream = connect(Number(target), hostname)
          pass(client, upstream)
          pass(upstream, client)
        })
        server.listen(port, '127.0.0.1', done)
      }),
    shut,
    hang: () => {
      hanging = true
    },
  }
}

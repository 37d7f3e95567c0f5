import { createServer } from 'node:net'
import { GodwitError } from '../errors.js'

/**
 * Chooses the port: the wanted one, else the one of last time when it is free, else any free one.
 *
 * @throws GODWIT_DB_PORT_TAKEN when the wanted one is in use
 */
export async function choosePort(wanted: number | undefined, last: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if ((await tryPort(wanted)) === undefined) throw new GodwitError('GODWIT_DB_PORT_TAKEN', { port: wanted })
    return wanted
  }
  const again = last === undefined ? undefined : await tryPort(last)
  return again ?? ((await tryPort(0)) as number)
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (port !== 0 && (error.code === 'EADDRINUSE' || error.code === 'EACCES')) resolve(undefined)
      else reject(error)
    })
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address()
      const bound = typeof address === 'object' && address !== null ? address.port : undefined
      probe.close(() => resolve(bound))
    })
  })
}

import { connect } from 'node:net'

/** PostgreSQL's SSLRequest: its own length, then the request's code. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

const patienceMs = 5_000

/**
 * Asks a server whether it has TLS. `pg` knows no `prefer`, which is what Prisma does with a URL that says nothing.
 *
 * @returns false as well when the server cannot be reached: the real connection then says why
 */
export function offersTls(connectionString: string): Promise<boolean> {
  const url = new URL(connectionString)
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  if (host === '' || host.startsWith('/')) return Promise.resolve(false)
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(url.port || 5432) })
    const answer = (offered: boolean) => {
      socket.destroy()
      resolve(offered)
    }
    socket.setTimeout(patienceMs, () => answer(false))
    socket.once('connect', () => socket.write(sslRequest))
    socket.once('data', (data) => answer(data[0] === 'S'.charCodeAt(0)))
    socket.once('error', () => answer(false))
    socket.once('close', () => answer(false))
  })
}

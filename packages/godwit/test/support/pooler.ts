import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type Socket, connect as tcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './free-port.js'

/** PgBouncer comes from the system: npm has none. */
export const hasPgBouncer = spawnSync('pgbouncer', ['--version'], { stdio: 'ignore' }).status === 0

/** A PgBouncer in transaction mode. */
export interface Pooler {
  /** The same database, through the pooler. */
  through: (url: string) => string
  stop: () => Promise<void>
}

/**
 * Starts PgBouncer in transaction mode in front of a server.
 *
 * @param url of any database of the server, with user and password
 */
export async function startPooler(url: string): Promise<Pooler> {
  const server = new URL(url)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'godwit-pooler-'))
  chmodSync(folder, 0o755)
  const put = (name: string, lines: string[]) => writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
  const user = decodeURIComponent(server.username)
  put('users.txt', [`"${user}" "${decodeURIComponent(server.password)}"`])
  put('pgbouncer.ini', [
    '[databases]',
    `* = host=${server.hostname} port=${server.port}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'pool_mode = transaction',
    'auth_type = scram-sha-256',
    `auth_file = ${join(folder, 'users.txt')}`,
    'default_pool_size = 20',
    'ignore_startup_parameters = extra_float_digits',
  ])
  // It does not run as root.
  const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = spawn('pgbouncer', [...asOther, join(folder, 'pgbouncer.ini')], { stdio: 'ignore' })
  await reachable(port, pooler)
  return {
    through: (text) => {
      const through = new URL(text)
      through.hostname = '127.0.0.1'
      through.port = String(port)
      return through.toString()
    },
    stop: async () => {
      const ended = new Promise((resolve) => pooler.once('exit', resolve))
      pooler.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function reachable(port: number, pooler: ChildProcess): Promise<void> {
  for (;;) {
    if (pooler.exitCode !== null) throw new Error(`pgbouncer ended with ${pooler.exitCode}`)
    const open = await new Promise<boolean>((resolve) => {
      const socket: Socket = tcp(port, '127.0.0.1', () => {
        socket.destroy()
        resolve(true)
      })
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await sleep(50)
  }
}

import { expect } from 'vitest'
import { freePort } from '../../../packages/godwit/test/support/free-port.js'
import { type Platform, service } from './chatai.js'
import type { Running } from './lines.js'

/** The user service as a process of its own. */
export interface Service extends Running {
  port: number
  get: (path: string) => Promise<{ status: number; body: Record<string, unknown> }>
}

export const documentedHealth = {
  status: 'ok',
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  service: 'user-service',
  version: '1.0.0',
  database: { status: 'connected', type: 'PostgreSQL' },
}
export const documentedDatabaseHealth = { status: 'ok', database: 'connected', result: 1 }

/** Starts the service by a line of the document, on a free port, and waits for the documented line; `at`: below the workspace's root. */
export async function startService(
  platform: Platform,
  env: Record<string, string>,
  line = 'node dist/main',
  at = service,
): Promise<Service> {
  const port = await freePort()
  const running = platform.start(line, { ...env, USER_SERVICE_PORT: String(port) }, at)
  await running.printed(`👥 User Service running on http://localhost:${port}\n`)
  return {
    ...running,
    port,
    get: async (path) => {
      const answer = await fetch(`http://localhost:${port}${path}`)
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
    },
  }
}

import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { freePort } from '../../packages/godwit/test/support/free-port.js'
import { expectDone, installPlatform, type Platform, service, shared, variablesOf } from './support/chatai.js'
import { startLine } from './support/lines.js'

let platform: Platform

beforeAll(async () => {
  platform = await installPlatform()
  await expectDone(platform.run('pnpm build', {}, shared))
  await expectDone(platform.run('pnpm build'))
})
afterAll(() => rm(dirname(platform.folder), { recursive: true, force: true }))

test('both routes answer as documented', async () => {
  const database = await createDatabase(15)
  const port = await freePort()
  const running = startLine(process.env.LINE ?? 'npm run start:prod', join(platform.folder, service), {
    ...variablesOf(database),
    USER_SERVICE_PORT: String(port),
  })
  await running.printed(`👥 User Service running on http://localhost:${port}\n`)
  const health = await fetch(`http://localhost:${port}/health`)
  expect(health.status).toBe(200)
  expect(await health.json()).toEqual({
    status: 'ok',
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'user-service',
    version: '1.0.0',
    database: { status: 'connected', type: 'PostgreSQL' },
  })
  const { out, code } = await running.interrupt()
  console.log(out, code)
})

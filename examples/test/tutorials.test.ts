// The pages of docs/tutorials, walked from their first line to their last in a fresh copy of their example.
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMongoDatabase, describeMongo } from '../../packages/godwit/test/support/mongodb.js'
import { installPlatform, service } from './support/chatai.js'
import { cloneOf } from './support/clone.js'
import { offline } from './support/enxero.js'
import { readTutorial } from './support/tutorial.js'
import { walk } from './support/walk.js'

const timeout = 240_000

test('a shop on TypeORM', { timeout }, async () => {
  const { beginning, blocks } = await readTutorial('typeorm-backend')
  expect(beginning.path).toBe('typeorm-backend/backend')
  await walk(blocks, await cloneOf('typeorm-backend', { within: 'backend', added: beginning.added }))
})

test('accounts on node-pg-migrate', { timeout }, async () => {
  const { beginning, blocks } = await readTutorial('auth-system')
  expect(beginning.path).toBe('auth-system')
  await walk(blocks, await cloneOf('auth-system', { added: beginning.added }))
})

test('companies and users on Prisma', { timeout }, async () => {
  const { beginning, blocks } = await readTutorial('enxero-platform')
  expect(beginning).toEqual({ path: 'enxero-platform', added: [] })
  await walk(blocks, await cloneOf('enxero-platform', { env: offline, copied: ['@prisma/client'] }))
})

test('a service of a TypeORM monorepo', { timeout }, async () => {
  const { beginning, blocks } = await readTutorial('chatai-platform')
  expect(beginning).toEqual({ path: 'chatai-platform', added: [] })
  const platform = await installPlatform()
  onTestFinished(() => rm(dirname(platform.folder), { recursive: true, force: true }))
  await walk(blocks, { folder: platform.inService('.'), run: (line) => platform.run(line, {}, service) })
})

describeMongo('on MongoDB', () => {
  test('an API', { timeout }, async () => {
    const { beginning, blocks } = await readTutorial('telemarketing-api')
    expect(beginning).toEqual({ path: 'telemarketing-api', added: [] })
    const { url } = await createMongoDatabase()
    await walk(blocks, await cloneOf('telemarketing-api', { env: { MONGODB_URI: url } }))
  })
})

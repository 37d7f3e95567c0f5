import { expect, test } from 'vitest'
import { cloneOf } from './support/clone.js'
import { readTutorial } from './support/tutorial.js'
import { walk } from './support/walk.js'

test('typeorm-backend', { timeout: 240_000 }, async () => {
  const { beginning, blocks } = await readTutorial('typeorm-backend')
  expect(beginning.path).toBe('typeorm-backend/backend')
  await walk(blocks, await cloneOf('typeorm-backend', { within: 'backend', added: beginning.added }))
})

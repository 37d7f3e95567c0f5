import { expect, test } from 'vitest'
import { createDatabase } from './database.js'

test.each([15, 18] as const)('a real PostgreSQL %i answers', async (major) => {
  const database = await createDatabase(major)
  const [row] = await database.query<{ v: number }>(`select current_setting('server_version_num')::int / 10000 as v`)
  expect(row?.v).toBe(major)
})

import { PGlite } from '@electric-sql/pglite'
import { expect, test } from 'vitest'
import { embeddedSettings } from '../../src/databases/embedded/settings.js'
import { Connection } from '../../src/databases/postgres/connection.js'

test('what comes from outside, such as a signal, is heard between two queries', async () => {
  const pglite = await PGlite.create()
  const { client } = await Connection.open(embeddedSettings(pglite, 'PGlite'), process.cwd())
  try {
    let heard = false
    setImmediate(() => {
      heard = true
    })
    for (let query = 0; query < 3; query++) await client.query('SELECT 1')
    expect(heard).toBe(true)
  } finally {
    await client.end()
    await pglite.close()
  }
})

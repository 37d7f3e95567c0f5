import { expect, test } from 'vitest'
import { peerOverrides } from '../../src/cli/peer-flags.js'

test.each([
  [{ configFile: 'own.js' }, { nodePgMigrate: { configFile: 'own.js' }, migrateMongo: { config: 'own.js' } }],
  [{ file: 'own.js' }, { migrateMongo: { config: 'own.js' } }],
  [{ migrationsDir: 'db' }, { migrations: 'db' }],
  [{}, {}],
])('%j says which config and which folder of the format’s own tool', (flags, overrides) => {
  expect(peerOverrides(flags, () => {})).toEqual(overrides)
})

import { expect, test } from 'vitest'
import { cliProject } from './run-cli.js'

test('what a migration prints stands behind what was told of the ones before it, also in a pipe', async () => {
  const printing = (n: number) =>
    `exports.up = async (pgm) => { console.log('at ${n}'); pgm.sql('select ${n}') }; exports.down = false`
  const { run, put } = await cliProject({
    'migrations/1_a.cjs': printing(1),
    'migrations/2_b.cjs': printing(2),
    'migrations/3_c.cjs': printing(3),
  })
  put({ 'godwit.config.json': '{ "format": "node-pg-migrate", "migrations": "migrations" }' })
  const { stdout, code } = await run('up', '--database-url', (await cliProject({})).database.url)
  expect(code).toBe(0)
  const told = stdout.match(/at \d|✓ \d_\w/g)
  expect(told).toEqual(['at 1', '✓ 1_a', 'at 2', '✓ 2_b', 'at 3', '✓ 3_c'])
})

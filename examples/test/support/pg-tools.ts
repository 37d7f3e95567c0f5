import { spawnSync } from 'node:child_process'

/**
 * Whether PostgreSQL's own `pg_dump` and `psql` are here, new enough for the server of the tests.
 *
 * @throws where they are missing in CI, where they must be
 */
export const hasPgTools = ['pg_dump', 'psql'].every((tool) => {
  const { stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' })
  const major = Number(/(\d+)/.exec(stdout ?? '')?.[1] ?? 0)
  if (major < 15 && process.env.CI !== undefined) throw new Error(`${tool} 15 or later is needed`)
  return major >= 15
})
if (!hasPgTools) process.stderr.write('What is documented with pg_dump and psql is skipped: they are not here.\n')

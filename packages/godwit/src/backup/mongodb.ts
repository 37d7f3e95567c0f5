import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onMongoDatabase } from '../databases/mongodb/url.js'
import { complaintOf, startTool, type ToolEnd } from './run-tool.js'
import { findTools, type Tools } from './tools.js'

/** The oldest whose `--config` takes a URL. */
const OLDEST = 100

/** The arguments of `mongodump` for one database. */
export function mongoDumpArguments(config: string, database: string, file: string): string[] {
  return [`--config=${config}`, `--db=${database}`, `--archive=${file}`, '--gzip', '--quiet']
}

/**
 * The arguments of `mongorestore`.
 *
 * @param without collections of the dump that are left out
 */
export function mongoRestoreArguments(
  config: string,
  { from, into, file, without }: { from: string; into: string; file: string; without: readonly string[] },
): string[] {
  return [
    `--config=${config}`,
    `--archive=${file}`,
    '--gzip',
    '--quiet',
    '--stopOnError',
    `--nsInclude=${from}.*`,
    ...without.map((collection) => `--nsExclude=${from}.${collection}`),
    ...(from === into ? [] : [`--nsFrom=${from}.*`, `--nsTo=${into}.*`]),
  ]
}

/** What `--config` takes: YAML, of which JSON is a part. The URL is in it, so that it is no argument. */
export function mongoConfig(url: string): string {
  return `uri: ${JSON.stringify(onMongoDatabase(url, ''))}\n`
}

/** How a tool of MongoDB is run. */
export interface MongoRun {
  name: 'mongodump' | 'mongorestore'
  url: string
  args: (config: string) => string[]
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal | undefined
}

/** @throws GodwitError GODWIT_BACKUP_TOOL with how to get it */
export function requireTool(name: MongoRun['name'], env: MongoRun['env']): Promise<Tools> {
  return findTools({ names: [name], atLeast: OLDEST, why: 'a backup of MongoDB' }, env)
}

/**
 * Runs a tool of MongoDB.
 *
 * @returns the tool, how it ended, and what it complained of, without the password
 * @throws GodwitError GODWIT_BACKUP_TOOL
 */
export async function runMongoTool(run: MongoRun): Promise<{ tools: Tools; end: ToolEnd; complaint: string }> {
  const { name, url, env, signal } = run
  const tools = await requireTool(name, env)
  const folder = await mkdtemp(join(tmpdir(), 'godwit-mongo-'))
  try {
    const config = join(folder, 'config.yaml')
    await writeFile(config, mongoConfig(url), { mode: 0o600 })
    const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >
    const end = await startTool({ program: tools.path(name), args: run.args(config), env: set, signal }).ended
    return { tools, end, complaint: withoutUrls(complaintOf(end)) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// The tools repeat the URL in some of their errors.
function withoutUrls(text: string): string {
  return text.replaceAll(/(mongodb(?:\+srv)?:\/\/)[^@\s"']*@/g, '$1***@')
}

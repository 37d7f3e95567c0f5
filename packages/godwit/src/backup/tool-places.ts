import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where packages of PostgreSQL put their programs, a version each; `*` is one folder of any name. */
const USUAL: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/usr/libexec/postgresql*'],
  darwin: [
    '/opt/homebrew/opt/postgresql@*/bin',
    '/opt/homebrew/opt/libpq/bin',
    '/usr/local/opt/postgresql@*/bin',
    '/usr/local/opt/libpq/bin',
    '/Applications/Postgres.app/Contents/Versions/*/bin',
    '/Library/PostgreSQL/*/bin',
  ],
  win32: ['C:\\Program Files\\PostgreSQL\\*\\bin', 'C:\\Program Files\\MongoDB\\Tools\\*\\bin'],
}

/**
 * The folders in which a server's tool is looked for. `GODWIT_PG_BIN` and `PGBIN`, for MongoDB `GODWIT_MONGO_BIN`, name the only one; else it is
 * the PATH and then the usual folders. The PostgreSQL from npm has no tools.
 */
export function toolFolders(tool: string, env: Environment, platform: NodeJS.Platform = process.platform): string[] {
  const named = tool.startsWith('mongo') ? env.GODWIT_MONGO_BIN : env.GODWIT_PG_BIN || env.PGBIN
  if (named) return [named]
  const path = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...new Set([...path, ...(USUAL[platform] ?? []).flatMap(expanded)])]
}

function expanded(pattern: string): string[] {
  const at = pattern.indexOf('*')
  if (at === -1) return [pattern]
  const start = Math.max(pattern.lastIndexOf('/', at), pattern.lastIndexOf('\\', at))
  const end = pattern.slice(at + 1).search(/[/\\]/)
  const parent = pattern.slice(0, start)
  const begin = pattern.slice(start + 1, at)
  const rest = end === -1 ? '' : pattern.slice(at + 1 + end)
  return foldersIn(parent)
    .filter((name) => name.startsWith(begin))
    .map((name) => join(parent, name) + rest)
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { embeddedPlace } from '../databases/embedded/index.js'
import { connectionSettings } from '../databases/postgres/url.js'
import type { InitChoice } from './init-choice.js'
import { quoted } from './init-config-file.js'

const VARIABLE = 'process.env.DATABASE_URL'

/** What init does about the database. */
export interface InitDatabase {
  /** The config's `database`, as TypeScript; absent: the format's own config, then `DATABASE_URL`. */
  expression?: string
  embedded: boolean
  /** A line for `.env`, for a URL with a password: no config is the place for one. */
  dotenv?: string
  notes: string[]
}

/**
 * Decides what the config says about the database. Embedded is chosen only for a new SQL project, and only when nothing
 * names a server.
 *
 * @param wish the `--database` flag: a URL, `embedded…`, or `DATABASE_URL` for the variable of that name
 * @throws GODWIT_URL_INVALID, GODWIT_UNSUPPORTED_DATABASE
 */
export function initDatabase(
  folder: string,
  choice: InitChoice,
  wish: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): InitDatabase {
  const file = join(folder, '.env')
  const dotenv = existsSync(file) ? parse(readFileSync(file)) : {}
  if (wish !== undefined) return asWished(folder, wish, dotenv)
  if (choice.format === 'mongo') {
    const known = MONGO_VARIABLES.some((name) => env[name] || dotenv[name])
    return { embedded: false, notes: known ? [] : [SET_MONGO] }
  }
  if (choice.format !== 'sql') return { embedded: false, notes: [] }
  const isNew = choice.because === undefined && !existsSync(join(folder, choice.migrations ?? 'migrations'))
  const named = env.DATABASE_URL || dotenv.DATABASE_URL
  if (!isNew || named) return { expression: VARIABLE, embedded: false, notes: named ? [] : [SET_IT] }
  return { expression: "'embedded'", embedded: true, notes: [] }
}

const SET_IT = 'Set DATABASE_URL, in the environment or in .env. Without a server: npx godwit db starts one.'

const MONGO_VARIABLES = ['MONGODB_URI', 'MONGO_URL', 'DATABASE_URL', 'GODWIT_DATABASE_URL']
const SET_MONGO = 'Set MONGODB_URI, in the environment or in .env, such as mongodb://127.0.0.1:27017/app.'

function asWished(folder: string, wish: string, dotenv: Record<string, string>): InitDatabase {
  if (wish === 'DATABASE_URL') return { expression: VARIABLE, embedded: false, notes: [SET_IT] }
  if (embeddedPlace(wish, folder) !== undefined) return { expression: quoted(wish), embedded: true, notes: [] }
  const password = /^mongodb(?:\+srv)?:/.test(wish)
    ? /^[^/]*\/\/[^/@]*:[^/@]+@/.test(wish) || undefined
    : connectionSettings(wish).config.password
  if (password === undefined) return { expression: quoted(wish), embedded: false, notes: [] }
  const known = dotenv.DATABASE_URL
  if (known === wish) return { expression: VARIABLE, embedded: false, notes: [] }
  if (known !== undefined) {
    const note = '.env names another DATABASE_URL, which was kept; the config reads it from there.'
    return { expression: VARIABLE, embedded: false, notes: [note] }
  }
  const note = 'The URL holds a password: it is in .env, and the config reads DATABASE_URL.'
  return { expression: VARIABLE, embedded: false, dotenv: `DATABASE_URL=${quotedForDotenv(wish)}`, notes: [note] }
}

// A bare # would begin a comment.
function quotedForDotenv(url: string): string {
  return url.includes("'") ? `"${url}"` : `'${url}'`
}

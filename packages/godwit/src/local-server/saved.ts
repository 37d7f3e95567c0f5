import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where everything of one project's server lives; absolute paths. */
export interface ServerFiles {
  /** `.godwit/postgres`. */
  folder: string
  /** The cluster, one a major version. */
  data: string
  /** Port and passwords, readable for the owner only. */
  saved: string
  log: string
  lock: string
}

/** What a server is reached with. */
export interface Access {
  port: number
  user: string
  password: string
  database: string
}

/** What is kept between two starts. */
export interface Saved extends Access {
  /** The role that initdb made. */
  admin: { user: string; password: string }
}

/** The places of the server of a major version. */
export function serverFiles(projectDir: string, major: number): ServerFiles {
  const folder = join(projectDir, '.godwit', 'postgres')
  const data = join(folder, String(major))
  return { folder, data, saved: `${data}.json`, log: `${data}.log`, lock: `${data}.lock` }
}

/** Makes the folder; nothing in `.godwit` is meant for git. */
export async function makeFolder(projectDir: string, files: ServerFiles): Promise<void> {
  await mkdir(files.folder, { recursive: true })
  await writeFile(join(projectDir, '.godwit', '.gitignore'), '*\n', { flag: 'wx' }).catch((error) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
}

/** What the last start saved; undefined when there was none. */
export async function readSaved(files: ServerFiles): Promise<Saved | undefined> {
  try {
    return JSON.parse(await readFile(files.saved, 'utf8')) as Saved
  } catch {
    return undefined
  }
}

/** Replaces the file in one move: a torn one would lose the password of the data. */
export async function writeSaved(files: ServerFiles, saved: Saved): Promise<void> {
  const next = `${files.saved}.new`
  await writeFile(next, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 })
  await rename(next, files.saved)
}

/** The URL, with its password. */
export function urlOf({ port, user, password, database }: Access): string {
  const [u, p, d] = [user, password, database].map(encoded)
  return `postgres://${u}:${p}@127.0.0.1:${port}/${d}`
}

/** The URL for messages, without the password. */
export function addressOf({ port, database }: Access): string {
  return `postgres://127.0.0.1:${port}/${encodeURIComponent(database)}`
}

// The apostrophe too: people paste the URL between two of them.
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("'", '%27')
}

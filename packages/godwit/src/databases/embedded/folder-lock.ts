import { randomUUID } from 'node:crypto'
import { type FileHandle, link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { GodwitError } from '../../errors.js'

/** A file that cannot be read may be one that is being written; older than this, nobody writes it any more. */
const STALE_MS = 10_000

interface Owner {
  pid: number
  host: string
  /** When the process started, in clock ticks since boot; tells a reused pid on Linux. */
  started: string | null
}

/** The lock's file, beside the folder. */
export function lockFileOf(folder: string): string {
  return `${folder}.lock`
}

/**
 * Takes the exclusive lock of an embedded database's folder: two processes on one folder lose rows (rule 27). The lock
 * of a process that has ended is taken over.
 *
 * @returns what frees it
 * @throws GodwitError GODWIT_EMBEDDED_IN_USE naming the process that holds it, and the file where only a person can judge
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = lockFileOf(folder)
  await mkdir(dirname(file), { recursive: true })
  const mine: Owner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) }
  if (!(await create(file, mine)) && !(await takeOver(file, mine))) throw await inUse(folder, file)
  return () => rm(file, { force: true })
}

async function inUse(folder: string, file: string): Promise<GodwitError> {
  const owner = (await read(file))?.owner
  const pid = owner?.pid ?? 0
  if (owner !== undefined && owner.host !== hostname())
    return new GodwitError('GODWIT_EMBEDDED_IN_USE', { folder, pid, host: owner.host, remove: file })
  const guard = guardOf(file)
  const stale = ((await read(guard))?.age ?? 0) > STALE_MS
  return new GodwitError('GODWIT_EMBEDDED_IN_USE', { folder, pid, ...(stale ? { remove: guard } : {}) })
}

// A link appears with all of its content, or not at all: nobody reads a lock that is half written.
async function create(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`
  const content = JSON.stringify(owner)
  try {
    await writeFile(draft, content, { flag: 'wx' })
    await link(draft, file)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!isWithoutLinks(code)) throw error
    return createInPlace(file, content)
  } finally {
    await rm(draft, { force: true })
  }
}

function isWithoutLinks(code: string | undefined): boolean {
  return code !== undefined && ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)
}

async function createInPlace(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function guardOf(file: string): string {
  return `${file}.taking`
}

// One process at a time may judge a lock and put its own in its place; else two would take over from each other. A
// guard that was left is never removed here: two that both think it stale would each remove the other's new one.
async function takeOver(file: string, mine: Owner): Promise<boolean> {
  const guard = guardOf(file)
  if (!(await create(guard, mine))) return false
  try {
    const lock = await read(file)
    if (lock !== undefined) {
      if (lock.owner === undefined ? lock.age <= STALE_MS : await isAlive(lock.owner)) return false
      await rm(file, { force: true })
    }
    return await create(file, mine)
  } finally {
    await rm(guard, { force: true })
  }
}

/** Whose lock it is, if that can be read, and milliseconds since it was written; `undefined`: there is none. */
async function read(file: string): Promise<{ owner: Owner | undefined; age: number } | undefined> {
  let lock: FileHandle
  try {
    lock = await open(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  // Age and content of the one file: by its name another one could be met the second time.
  try {
    return { age: Date.now() - (await lock.stat()).mtimeMs, owner: toOwner(await lock.readFile('utf8')) }
  } finally {
    await lock.close()
  }
}

function toOwner(text: string): Owner | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Owner
    return Number.isInteger(pid) && typeof host === 'string' ? { pid, host, started } : undefined
  } catch {
    return undefined
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.host !== hostname()) return true
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return owner.started === null || owner.started === (await startOf(owner.pid))
}

async function startOf(pid: number): Promise<string | null> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8')
    return line.slice(line.lastIndexOf(')')).split(' ')[20] ?? null
  } catch {
    return null
  }
}

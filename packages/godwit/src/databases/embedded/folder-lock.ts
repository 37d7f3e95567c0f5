import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { GodwitError } from '../../errors.js'

const GUARD_STALE_MS = 10_000

interface Owner {
  pid: number
  host: string
  /** When the process started, in clock ticks since boot; tells a reused pid on Linux. */
  started: string | null
}

/**
 * Takes the exclusive lock of an embedded database's folder: two processes on one folder lose rows (rule 27). The lock
 * of a process that has ended is taken over.
 *
 * @returns what frees it
 * @throws GodwitError GODWIT_EMBEDDED_IN_USE naming the process that holds it
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const file = `${folder}.lock`
  await mkdir(dirname(file), { recursive: true })
  const mine: Owner = { pid: process.pid, host: hostname(), started: await startOf(process.pid) }
  if (!(await create(file, mine)) && !(await takeOver(file, mine))) {
    const owner = await ownerOf(file)
    throw new GodwitError('GODWIT_EMBEDDED_IN_USE', { folder, pid: owner?.pid ?? 0 })
  }
  return () => rm(file, { force: true })
}

async function create(file: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(owner), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

// One process at a time may judge a lock and put its own in its place; else two would take over from each other.
async function takeOver(file: string, mine: Owner): Promise<boolean> {
  const guard = `${file}.taking`
  if (!(await create(guard, mine))) {
    const age = Date.now() - ((await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > GUARD_STALE_MS) await rm(guard, { force: true })
    return false
  }
  try {
    const owner = await ownerOf(file)
    if (owner !== undefined && (await isAlive(owner))) return false
    await rm(file, { force: true })
    return await create(file, mine)
  } finally {
    await rm(guard, { force: true })
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner
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

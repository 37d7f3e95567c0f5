import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { GodwitError } from '../errors.js'
import { listArguments, psqlArguments, scriptArguments } from './arguments.js'
import type { Access } from './connect-as.js'
import { wantedEntries } from './entries.js'
import { complaintOf, startTool } from './run-tool.js'
import type { Tools } from './tools.js'

const TOLD_EVERY_MS = 500
/** More than pg_restore writes from its COMMIT on. */
const HELD_BACK_BYTES = 4096

/** How a dump is restored. */
export interface RestoreWork {
  /** The dump, absolute. */
  file: string
  tools: Tools
  access: Access
  /** The server's major version. */
  major: number
  /** Statements ahead of it, in the same transaction. */
  drops: readonly string[]
  /** `false`: everything belongs to the role that restores. */
  owners: boolean
  /** Into a database that is thrown away. */
  scratch: boolean
  signal: AbortSignal | undefined
  onBytes: (bytes: number) => void
}

/**
 * Restores a dump in one transaction: `pg_restore` writes the statements, `psql` runs them, and the COMMIT is only sent when the first has
 * ended well.
 *
 * @throws GodwitError GODWIT_BACKUP_DAMAGED, GODWIT_RESTORE_FAILED
 */
export async function restoreScript(work: RestoreWork): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-restore-'))
  try {
    const entries = join(folder, 'entries')
    await writeFile(entries, wantedEntries(await listOf(work), work.scratch))
    await pipe(work, entries)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function listOf({ tools, file, access, signal }: RestoreWork): Promise<string> {
  const program = tools.path('pg_restore')
  const { child, ended } = startTool({ program, args: listArguments(file), env: access.env, signal, output: true })
  const list = await textOf(child.stdout as Readable)
  const end = await ended
  if (!end.ok) throw new GodwitError('GODWIT_BACKUP_DAMAGED', { file, reason: complaintOf(end) })
  return list
}

async function pipe(work: RestoreWork, entries: string): Promise<void> {
  const { tools, access, file, signal } = work
  const { env, database, password } = access
  const args = scriptArguments(file, entries, work.owners)
  const reading = startTool({ program: tools.path('pg_restore'), args, env, signal, output: true })
  const running = startTool({ program: tools.path('psql'), args: psqlArguments(database), env, signal, input: true })
  // Whoever ends first ends the other: nobody reads, or nothing more comes.
  const ran = running.ended.then((end) => {
    reading.stop()
    return end
  })
  const script = running.child.stdin as Writable
  script.write(`${['BEGIN', "SET lock_timeout = '30s'", ...work.drops].join(';\n')};\n`)
  const last = await forward(reading.child.stdout as Readable, script, work)
  const read = await reading.ended
  const committing = read.ok && !signal?.aborted
  if (committing) {
    script.write(last)
    script.end('\nCOMMIT;\n')
  } else running.stop()
  const end = await ran
  if (end.ok && committing) return
  // What psql says comes first: without it pg_restore is only told that nobody reads.
  const reason = end.ok || (end.said === '' && !read.ok) ? complaintOf(read, password) : complaintOf(end, password)
  const unknown = committing && end.code === 2
  throw new GodwitError('GODWIT_RESTORE_FAILED', { file, reason, unknown })
}

// From 17 on pg_restore sets what older servers do not know. It stands near the beginning. The last of it, with the COMMIT, is given back.
async function forward(from: Readable, to: Writable, { major, onBytes }: RestoreWork): Promise<Buffer> {
  let held: Buffer = Buffer.alloc(0)
  let bytes = 0
  let toldAt = 0
  const passing = async function* (pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      const text = bytes === 0 && major < 17 ? piece.toString('latin1') : undefined
      bytes += piece.length
      if (performance.now() - toldAt > TOLD_EVERY_MS) {
        toldAt = performance.now()
        onBytes(bytes)
      }
      const passed =
        text === undefined ? piece : Buffer.from(text.replace(/^SET transaction_timeout = 0;$/m, ''), 'latin1')
      const all = Buffer.concat([held, passed])
      const until = Math.max(all.length - HELD_BACK_BYTES, 0)
      held = all.subarray(until)
      if (until > 0) yield all.subarray(0, until)
    }
  }
  // Where one of the two ended too soon, its end says why.
  await pipeline(from, passing, to, { end: false }).catch(() => {})
  return held
}

async function textOf(stream: Readable): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of stream as AsyncIterable<Buffer>) pieces.push(piece)
  return Buffer.concat(pieces).toString('utf8')
}

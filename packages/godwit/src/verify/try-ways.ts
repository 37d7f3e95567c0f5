import type { GodwitError } from '../errors.js'
import { compareObjects } from './compare-objects.js'
import { compareRows } from './compare-rows.js'
import type { Picture } from './picture.js'
import type { VerifyReason } from './report.js'

/** A throwaway database behind all migrations that come before one. */
export interface Ground {
  /** Puts sample rows into what has none; says which tables got none, and why. */
  fill: () => Promise<string[]>
  look: () => Promise<Picture>
  /** Runs the migration; what it fails with is returned, and thrown only where the run was stopped. */
  run: (direction: 'up' | 'down') => Promise<GodwitError | undefined>
  /**
   * Puts what the up sets into documents that had it not, and says what is there then, before the up; behind it the database is behind the up again.
   * Absent or `undefined`: there is nothing of that kind, or the up does not leave it alone.
   */
  putExisting?: () => Promise<Picture | undefined>
}

/** What trying came to. */
export interface Tried {
  reasons: VerifyReason[]
  notes: string[]
  /** The up failed; nothing else was tried. */
  upFails?: GodwitError
}

/** Runs a migration up, down and up again, and says what is not as it was. The database is behind the up when nothing is. */
export async function tryWays(ground: Ground, rows: boolean): Promise<Tried> {
  const notes = rows ? await ground.fill() : []
  const before = await ground.look()
  const upFails = await ground.run('up')
  if (upFails !== undefined) return { reasons: [], notes, upFails }
  const applied = await ground.look()
  const down = await ground.run('down')
  if (down !== undefined) return { reasons: [failure('down-fails', 'its down fails', down)], notes }
  const after = await ground.look()
  const { reasons, left } = compareState(before, after, notes)
  const again = await ground.run('up')
  if (again !== undefined)
    return { reasons: [...reasons, failure('up-again-fails', 'a second up fails', again)], notes }
  const second = await ground.look()
  reasons.push(...secondUp(applied, second, left))
  if (reasons.length === 0) reasons.push(...(await existing(ground)))
  return { reasons, notes }
}

function compareState(before: Picture, after: Picture, notes: string[]): { reasons: VerifyReason[]; left: string[] } {
  const reasons: VerifyReason[] = []
  const objects = compareObjects(before.objects, after.objects)
  const rows = compareRows(before, after)
  const differs = [...objects.lines, ...rows.fields.map((field) => `field ${field} is left`)]
  if (differs.length > 0) reasons.push({ code: 'differs', text: 'its down does not lead back', objects: differs })
  if (rows.lost.length > 0) reasons.push(lost(rows.lost))
  if (objects.stays.length > 0) notes.push(`its down leaves ${objects.stays.join(', ')}, which others may use`)
  if (rows.left.length > 0) notes.push(`its down leaves what the up put there: ${rows.left.join(', ')}`)
  if (rows.counted.length > 0) notes.push(`only counted, not compared: ${rows.counted.join(', ')}`)
  return { reasons, left: rows.left }
}

function secondUp(applied: Picture, second: Picture, left: readonly string[]): VerifyReason[] {
  const { lines } = compareObjects(applied.objects, second.objects)
  const twice = left.length === 0 ? [] : compareRows(applied, second).left.map((each) => `${each} more`)
  const objects = [...lines, ...twice]
  return objects.length === 0
    ? []
    : [{ code: 'up-again-differs', text: 'a second up leads elsewhere than the first', objects }]
}

// What the first round cannot see: what goes only where it was there already.
async function existing(ground: Ground): Promise<VerifyReason[]> {
  const put = await ground.putExisting?.()
  if (put === undefined) return []
  const down = await ground.run('down')
  if (down !== undefined)
    return [failure('down-fails', 'its down fails on documents that had already what the up sets', down)]
  const gone = compareRows(put, await ground.look()).lost
  const again = await ground.run('up')
  if (again !== undefined) return [failure('up-again-fails', 'a second up fails', again)]
  return gone.length === 0 ? [] : [lost(gone, 'documents that had already what the up sets lose it')]
}

function lost(objects: string[], text = 'data that was there is not there again'): VerifyReason {
  return { code: 'data', text, objects }
}

function failure(code: VerifyReason['code'], what: string, error: GodwitError): VerifyReason {
  const { file, line } = error.details
  return {
    code,
    text: `${what}: ${error.message}`,
    objects: [],
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  }
}

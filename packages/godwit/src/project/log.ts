import type { Target } from '../databases/contract.js'
import { findName } from '../engine/find-name.js'
import { GodwitError } from '../errors.js'
import type { Format } from '../formats/contract.js'
import type { LogReport } from './reports.js'

const DEFAULT_LIMIT = 20

/** How to ask for the journal. */
export interface LogRequest {
  /** One migration, by any unique part of its name; its file may be gone. */
  name?: string | undefined
  /** At most so many runs. Default 20. */
  limit?: number | undefined
}

/** Reads the journal, of one migration or of all; without one there are no runs. */
export async function readJournal(
  format: Format,
  target: Target,
  schema: string,
  { name, limit = DEFAULT_LIMIT }: LogRequest,
): Promise<Pick<LogReport, 'journal' | 'runs' | 'more'>> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new GodwitError('GODWIT_LIMIT', { written: String(limit) })
  const look = await target.look()
  if (look.journal === 'denied') {
    const reason = `the role '${target.server.user}' may not read it`
    throw new GodwitError('GODWIT_PERMISSION', { what: `the journal in schema '${schema}'`, reason })
  }
  const present = name === undefined ? [] : [...(await format.list()), ...look.rows].map((each) => each.name)
  const pick = (logged: readonly string[]) => findName([...new Set([...present, ...logged])], name ?? '')
  if (look.journal === 'absent') {
    if (name !== undefined) pick([])
    return { journal: 'absent', runs: [], more: false }
  }
  // One more than is asked for tells whether there are more.
  const runs = await target.log({ limit: limit + 1, ...(name === undefined ? {} : { pick }) })
  return { journal: 'ready', runs: runs.slice(0, limit), more: runs.length > limit }
}

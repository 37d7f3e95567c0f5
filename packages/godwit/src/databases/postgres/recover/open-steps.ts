import type { HistoryRow, OpenStep } from '../../../engine/migration.js'
import type { HistoryTable } from '../../../formats/contract.js'
import type { StatementMark } from '../journal.js'
import { compareAnchors, type Question, readAnchor } from './anchor.js'

/** An entry of the journal that has not ended; every value as text. */
export interface OpenRow {
  name: string
  direction: 'up' | 'down'
  done: string
  error: string | null
  started_at: string
  mode: string | null
  hash: string | null
  statements: string
  anchor: string | null
}

/**
 * The steps that began and did not end, as far as the journal is still about this very history (rule 11).
 *
 * @param history qualified and quoted
 */
export async function openSteps(
  ask: Question,
  entries: readonly OpenRow[],
  table: HistoryTable,
  history: string,
  rows: readonly HistoryRow[],
): Promise<OpenStep[]> {
  const known = entries.filter(({ name, direction }) => {
    // A format that notes when a migration begins would say so; its own tool may have settled that.
    if (direction === 'down' || table.recordStart === undefined) return true
    return rows.some((row) => row.name === name && row.outcome !== 'undone')
  })
  if (known.length === 0) return []
  const here = known.some(({ anchor }) => anchor !== null) ? await readAnchor(ask, history) : undefined
  return known.flatMap((entry) => {
    const is = entry.anchor === null || here === undefined ? 'same' : compareAnchors(entry.anchor, here)
    // A history that was made anew knows nothing of it. In a copy of the database what was done came along, half of it:
    // that it began still holds, and how far it came does not.
    if (is === 'another history') return []
    const { checkpoint, ...step } = toOpenStep(entry)
    return [is === 'same' && checkpoint !== undefined ? { ...step, checkpoint } : step]
  })
}

function toOpenStep(row: OpenRow): OpenStep {
  const done = Number(row.done)
  const statements = JSON.parse(row.statements) as StatementMark[]
  // A function has no statements to go on from.
  const resumable = row.mode !== null && statements.length > 0 && statements[done]?.apart !== 'unclear'
  return {
    name: row.name,
    direction: row.direction,
    done,
    error: row.error,
    startedAt: new Date(Number(row.started_at)),
    ...(resumable ? { checkpoint: { mode: row.mode as string, hash: row.hash, statements } } : {}),
  }
}

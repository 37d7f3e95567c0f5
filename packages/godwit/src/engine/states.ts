import type { HistoryRow, Look, MigrationFile, MigrationStatus, State } from './migration.js'
import { byOrder } from './order.js'

/**
 * Lays files and history side by side and names the state of every migration, in the one order.
 *
 * @param files what the format lists, each name once
 * @param look what the database says
 * @param sortKeyOf the format's sort key of a name that has no file any more
 */
export function deriveStates(
  files: readonly MigrationFile[],
  look: Pick<Look, 'rows' | 'open' | 'passed'>,
  sortKeyOf: (name: string) => string,
): MigrationStatus[] {
  const rows = new Map(look.rows.filter((row) => row.outcome !== 'undone').map((row) => [row.name, row]))
  const open = new Map(look.open.map((step) => [step.name, step]))
  const lastApplied = lastAppliedKey(files, look.rows, sortKeyOf)
  const passed = new Set(look.passed)
  const known = new Set<string>()
  const states: (MigrationStatus & { sortKey: string })[] = []
  for (const file of files) {
    known.add(file.name)
    const row = rows.get(file.name)
    const unfinished = open.get(file.name)
    const base = { name: file.name, sortKey: file.sortKey, file: file.file, ...facts(row) }
    if (unfinished !== undefined && contradictsHistory(unfinished.direction, row)) {
      states.push({ ...base, state: 'failed', open: unfinished })
    } else if (row === undefined) {
      const behind = lastApplied !== undefined && byOrder(file, lastApplied) < 0 && !passed.has(file.name)
      states.push({ ...base, state: behind ? 'out-of-order' : 'pending' })
    } else if (row.outcome === 'failed') {
      states.push({ ...base, state: 'failed' })
    } else {
      states.push({ ...base, ...compareContent(file, row) })
    }
  }
  for (const step of open.values()) {
    const row = rows.get(step.name)
    if (known.has(step.name) || !contradictsHistory(step.direction, row)) continue
    known.add(step.name)
    const base = { name: step.name, sortKey: sortKeyOf(step.name), file: null, ...facts(row) }
    states.push({ ...base, state: 'failed', open: step })
  }
  for (const row of look.rows) {
    if (known.has(row.name) || row.outcome === 'undone') continue
    const state: State = row.outcome === 'failed' ? 'failed' : 'missing'
    states.push({ name: row.name, sortKey: sortKeyOf(row.name), file: null, state, ...facts(row) })
  }
  states.sort(byOrder)
  return states.map(({ sortKey: _, ...status }) => status)
}

function facts(row: HistoryRow | undefined): Pick<MigrationStatus, 'appliedAt' | 'by' | 'durationMs'> {
  return { appliedAt: row?.appliedAt ?? null, by: row?.by ?? null, durationMs: row?.durationMs ?? null }
}

// The journal never overrules the history (rule 11): an unfinished `up` whose row is there was finished after all.
function contradictsHistory(direction: 'up' | 'down', row: HistoryRow | undefined): boolean {
  const applied = row?.outcome === 'applied'
  return direction === 'up' ? !applied : applied
}

function compareContent(file: MigrationFile, row: HistoryRow): Pick<MigrationStatus, 'state' | 'warning'> {
  if (row.hash !== null)
    return { state: row.hash === file.hash || differentKind(row.hash, file.hash) ? 'applied' : 'edited' }
  const edited =
    row.checksum !== null &&
    file.checksum !== undefined &&
    row.checksum !== file.checksum &&
    !file.sameChecksums?.includes(row.checksum)
  return edited ? { state: 'applied', warning: 'edited-before-adoption' } : { state: 'applied' }
}

// The compiled `.js` in the place of its `.ts` is not an edit.
function differentKind(a: string, b: string): boolean {
  return a.slice(0, a.indexOf(':')) !== b.slice(0, b.indexOf(':'))
}

interface Placed {
  name: string
  sortKey: string
}

function lastAppliedKey(
  files: readonly Placed[],
  rows: readonly HistoryRow[],
  sortKeyOf: (name: string) => string,
): Placed | undefined {
  const keys = new Map(files.map((file) => [file.name, file.sortKey]))
  let last: Placed | undefined
  for (const { name, outcome } of rows) {
    if (outcome !== 'applied') continue
    const placed = { name, sortKey: keys.get(name) ?? sortKeyOf(name) }
    if (last === undefined || byOrder(placed, last) > 0) last = placed
  }
  return last
}

import type { AffectedTable, Impact } from '../../impact/foresee.js'
import { bytesInWords, duration } from './words.js'

const INSTANT_MS = 50
const LOCKS_SHOWN = 2

const done: Readonly<Record<Impact['work'][number]['does'], string>> = {
  rewrites: 'rewritten',
  builds: 'an index built',
  scans: 'read through',
  changes: 'rows written',
  deletes: 'rows deleted',
  empties: 'emptied',
}

/** What a statement takes and does, in one line: `AccessExclusive on users (1.2 M rows, 310 MB), rewritten, about 6 s: reads and writes wait`. */
export function impactInWords(impact: Impact): string {
  if (!impact.foreseen && impact.locks.length === 0) return 'what it takes is not foreseen'
  const locks = locksInWords(impact)
  const parts = [...locks, ...workInWords(impact), ...timeInWords(impact)]
  return parts.length === 0 ? 'nobody waits' : parts.join(', ') + waiting(impact, locks.length > 0)
}

/** `AccessExclusive on users (1.2 M rows, 310 MB)`, of tables that were there before the run. */
export function locksInWords({ locks, work }: Impact): string[] {
  const there = locks.filter((lock) => !lock.new)
  const heavy = new Set(work.map(({ table }) => table))
  const shown = there.slice(0, LOCKS_SHOWN).map((lock) => {
    const size = heavy.has(lock.table) ? sizeInWords(lock) : ''
    return `${lock.mode} on ${lock.table}${size === '' ? '' : ` (${size})`}`
  })
  const more = there.length - LOCKS_SHOWN
  return more > 0 ? [...shown, `${more} more tables`] : shown
}

/** `rewritten`, `orders read through`. */
export function workInWords({ locks, work }: Impact): string[] {
  const first = locks.find((lock) => !lock.new)?.table
  return work
    .filter((each) => !each.new)
    .map(({ table, does }) => (table === first ? done[does] : `${table} ${done[does]}`))
}

/** `about 6 s`. */
export function timeInWords({ takes, work, locks }: Impact): string[] {
  if (takes === null) return ['time unknown']
  if (takes.about >= INSTANT_MS) return [`about ${duration(takes.about)}`]
  return work.length === 0 && locks.length > 0 ? ['instant'] : []
}

function waiting({ blocks }: Impact, holds: boolean): string {
  if (blocks !== 'nothing') return `: ${blocks} wait`
  return holds ? '; reads and writes go on' : ''
}

/** `1.2 M rows, 310 MB`. */
function sizeInWords({ rows, bytes }: Pick<AffectedTable, 'rows' | 'bytes'>): string {
  const counted = rows === null ? [] : [`${numberInWords(rows)} rows`]
  return [...counted, ...(bytes < 100_000 ? [] : [bytesInWords(bytes)])].join(', ')
}

function numberInWords(n: number): string {
  if (n < 10_000) return String(Math.round(n))
  return n < 1_000_000 ? `${Math.round(n / 1_000)} k` : `${(n / 1_000_000).toFixed(1)} M`
}

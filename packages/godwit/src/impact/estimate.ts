import type { Work, WorkKind } from './work.js'

/** What work costs: microseconds a row, and bytes a second of the table and of its indexes. */
interface Cost {
  row: number
  table: number
  indexes?: number
}

/**
 * On a middling server with its data in memory, on tables with narrow and with wide rows; `npm run bench -- impact` lays them beside what a
 * server takes.
 */
const costs: Readonly<Record<Exclude<WorkKind, 'empties'>, Cost>> = {
  scans: { row: 0.05, table: 2_200e6 },
  builds: { row: 1, table: 1_500e6 },
  rewrites: { row: 1, table: 300e6, indexes: 22e6 },
  changes: { row: 4, table: 60e6, indexes: 10e6 },
  deletes: { row: 0.7, table: 300e6 },
}

/** Of a table that was never analysed. */
const USUAL_ROW_BYTES = 100

/** How far servers, disks and rows are apart from that: an estimate is right within this factor. */
export const ESTIMATE_FACTOR = 5

/** A forecast of how long something takes, in milliseconds. */
export interface Estimate {
  about: number
  atLeast: number
  atMost: number
}

/** How long the work of a statement takes, from the sizes of its tables; `undefined`: how many rows it is about is not known. */
export function estimate(work: readonly Work[]): Estimate | undefined {
  let about = 0
  for (const { kind, relation, all } of work) {
    if (kind === 'empties') continue
    if (!all && relation.rows !== 0) return undefined
    const { row, table, indexes } = costs[kind]
    const rows = relation.rows ?? relation.bytes / USUAL_ROW_BYTES
    const seconds = (rows * row) / 1e6 + relation.bytes / table + (indexes ? relation.indexBytes / indexes : 0)
    about += seconds * 1_000
  }
  return {
    about: Math.round(about),
    atLeast: Math.round(about / ESTIMATE_FACTOR),
    atMost: Math.round(about * ESTIMATE_FACTOR),
  }
}

import type { Work, WorkKind } from './work.js'

/** Bytes a second on a middling server with its data in memory; `npm run bench -- impact` measures them. */
const speeds: Readonly<Record<Exclude<WorkKind, 'empties'>, number>> = {
  scans: 400e6,
  builds: 60e6,
  rewrites: 50e6,
  changes: 15e6,
}

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
    const bytes = kind === 'rewrites' ? relation.bytes + relation.indexBytes : relation.bytes
    about += (bytes / speeds[kind]) * 1_000
  }
  return {
    about: Math.round(about),
    atLeast: Math.round(about / ESTIMATE_FACTOR),
    atMost: Math.round(about * ESTIMATE_FACTOR),
  }
}

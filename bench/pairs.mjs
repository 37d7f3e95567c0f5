import { runProgram } from './process.mjs'

/**
 * A program beside its floor. `scale`: it does only a part of the work, and its time counts so many times.
 *
 * @typedef {import('./process.mjs').Program} Program
 * @typedef {{ name: string, floor: string, program: () => Program | Promise<Program>, floorProgram: () => Program | Promise<Program>, target?: number, peakTarget?: number, scale?: number }} Pair
 * @typedef {{ name: string, floor: string, runs: { floorMs: number, ms: number }[], peakMb: number | null, floorPeakMb: number | null, target?: number, peakTarget?: number }} Result
 */

/**
 * Runs pairs interleaved, for so many rounds over all pairs, so that what else the machine does falls on both sides
 * alike. In every other round the program goes first: what a run leaves to the server must not help one side. What
 * prepares a run (a fresh database) is outside of its time.
 *
 * @param {Pair[]} pairs
 * @param {{ rounds: number, warmUps: number, note: (text: string) => void }} options
 * @returns {Promise<Result[]>}
 */
export async function runPairs(pairs, { rounds, warmUps, note }) {
  const results = pairs.map(({ name, floor, target, peakTarget }) => ({
    name,
    floor,
    target,
    peakTarget,
    runs: [],
    peakMb: null,
    floorPeakMb: null,
  }))
  for (let round = -warmUps; round < rounds; round++) {
    note(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    for (const [index, pair] of pairs.entries()) {
      const both = [pair.floorProgram, pair.program]
      const measured = []
      for (const side of round % 2 === 0 ? [0, 1] : [1, 0]) measured[side] = await runProgram(await both[side]())
      const [floor, program] = measured
      if (round < 0) continue
      const result = results[index]
      result.runs.push({ floorMs: floor.ms, ms: program.ms * (pair.scale ?? 1) })
      result.peakMb = highest(result.peakMb, program.peakMb)
      result.floorPeakMb = highest(result.floorPeakMb, floor.peakMb)
    }
  }
  return results
}

function highest(one, other) {
  return one === null ? other : other === null ? one : Math.max(one, other)
}

/** Minimum, median and maximum. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
  return { min: sorted[0], median, max: sorted.at(-1) }
}

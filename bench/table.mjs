import { spread } from './pairs.mjs'

/** One result as numbers, for `--json` and for the table. */
export function summarize({ name, floor, runs, peakMb, floorPeakMb, target, peakTarget }) {
  return {
    name,
    floor,
    rounds: runs.length,
    ms: spread(runs.map((run) => run.ms)),
    floorMs: spread(runs.map((run) => run.floorMs)),
    ratio: spread(runs.map((run) => run.ms / run.floorMs)),
    peakMb,
    floorPeakMb,
    ...(target === undefined ? {} : { target }),
    ...(peakTarget === undefined ? {} : { peakTarget }),
  }
}

/** The lines of one part's table. */
export function table(summaries) {
  const head = ['', 'x floor', 'min–max', 'target', 'ms', 'min–max', 'floor ms', 'min–max', 'peak MB', 'floor MB']
  const rows = summaries.map((s) => [
    s.name,
    s.ratio.median.toFixed(2),
    `${s.ratio.min.toFixed(2)}–${s.ratio.max.toFixed(2)}`,
    targets(s),
    whole(s.ms.median),
    `${whole(s.ms.min)}–${whole(s.ms.max)}`,
    whole(s.floorMs.median),
    `${whole(s.floorMs.min)}–${whole(s.floorMs.max)}`,
    s.peakMb === null ? '?' : whole(s.peakMb),
    s.floorPeakMb === null ? '?' : whole(s.floorPeakMb),
  ])
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)))
  return all.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  )
}

function targets({ target, peakTarget, ratio, peakMb }) {
  const said = []
  if (target !== undefined) said.push(`≤ ${target}${ratio.median > target ? ' !' : ''}`)
  if (peakTarget !== undefined) said.push(`≤ ${peakTarget} MB${peakMb !== null && peakMb > peakTarget ? ' !' : ''}`)
  return said.join(', ')
}

function whole(value) {
  return value.toFixed(0)
}

/** A line of a text that changed: gone, new, or beside one. */
export interface ChangedLine {
  sign: '-' | '+' | ' '
  text: string
}

const AROUND = 1
/** Above so many lines, only what stands between the first and the last difference is told. */
const COMPARED = 2_000

/** The lines that differ between two texts, with one line around them. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const [old, fresh] = [before.split(/\r?\n/), after.split(/\r?\n/)]
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  while (end < old.length - start && end < fresh.length - start && old.at(-1 - end) === fresh.at(-1 - end)) end++
  const gone = old.slice(start, old.length - end)
  const come = fresh.slice(start, fresh.length - end)
  const line = (sign: ChangedLine['sign']) => (text: string) => ({ sign, text })
  const middle =
    gone.length * come.length > COMPARED * COMPARED
      ? [...gone.map(line('-')), ...come.map(line('+'))]
      : compare(gone, come)
  const around = old.slice(Math.max(0, start - AROUND), start).map(line(' '))
  const behind = end === 0 ? [] : old.slice(old.length - end, old.length - end + AROUND).map(line(' '))
  return near([...around, ...middle, ...behind.filter(({ text }) => text !== '')])
}

/** The longest common subsequence decides what stayed. */
function compare(old: readonly string[], fresh: readonly string[]): ChangedLine[] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(fresh.length + 1).fill(0))
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = fresh.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[]
      row[j] = old[i] === fresh[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  const lines: ChangedLine[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push({ sign: ' ', text: old[i] as string })
      i++
      j++
    } else if (i < old.length && (j === fresh.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push({ sign: '-', text: old[i++] as string })
    else lines.push({ sign: '+', text: fresh[j++] as string })
  }
  return lines
}

function near(lines: readonly ChangedLine[]): ChangedLine[] {
  return lines.filter((_, index) =>
    lines.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(({ sign }) => sign !== ' '),
  )
}

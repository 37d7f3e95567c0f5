/**
 * What a page says is printed, against what was: `undefined`, or what is wrong. Both are first made alike by {@link settled}.
 * Line for line they must be the same, from the first to the last. `…` stands for what a page leaves out: alone on a line
 * for any number of lines, within a line for any text.
 */
export function complaint(page: string, printed: string): string | undefined {
  const wanted = settled(page)
  const found = settled(printed)
  const pieces: string[][] = [[]]
  for (const line of wanted) line === '…' ? pieces.push([]) : pieces.at(-1)?.push(line)
  let from = 0
  for (const [at, piece] of pieces.entries()) {
    const last = at === pieces.length - 1
    const to = last ? Math.max(from, found.length - piece.length) : at === 0 ? 0 : undefined
    const start = to === undefined ? find(piece, found, from) : stands(piece, found, to) ? to : -1
    if (start === -1 || (last && at === 0 && found.length !== piece.length))
      return `not printed there:\n${piece.join('\n')}\nprinted:\n${found.slice(from).join('\n')}`
    from = start + piece.length
  }
  return undefined
}

/**
 * Lines with what differs from run to run made the same: times, dates, sizes, the stamps of files' names, process ids, who ran it,
 * versions, and how many blanks stand in a row. Empty lines are left out.
 */
export function settled(text: string): string[] {
  return text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?/g, '<date>')
    .replace(/\b(just now|\d+ (second|minute)s? ago|\d+(\.\d+)? (ms|s))(?!\w)/g, '<time>')
    .replace(/\b\d+(\.\d+)? (bytes|kB|MB)\b/g, '<size>')
    .replace(/\b\d{13,14}(?!\d)/g, '<stamp>')
    .replace(/(?<=[A-Za-z])\d{13}\b/g, '<stamp>')
    .replace(/\bpid \d+/g, 'pid <pid>')
    .replace(/\bby [\w.-]+@[\w.-]+/g, 'by <who>')
    .replace(/\b(PostgreSQL|godwit) \d+(\.\d+)+/g, '$1 <version>')
    .split('\n')
    .map((line) => line.trimEnd().replace(/\s{2,}/g, '  '))
    .filter((line) => line !== '')
}

function find(piece: readonly string[], found: readonly string[], from: number): number {
  for (let at = from; at + piece.length <= found.length; at++) if (stands(piece, found, at)) return at
  return -1
}

function stands(piece: readonly string[], found: readonly string[], at: number): boolean {
  return piece.every((line, index) => matches(line, found[at + index]))
}

function matches(line: string, found: string | undefined): boolean {
  const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return found !== undefined && new RegExp(`^${parts.join('.*')}$`).test(found)
}

/** `1 migration`, `2 migrations`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** `41 ms`, `1.2 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** `310 MB`, `1.2 GB`; what is small in kB. */
export function bytesInWords(n: number): string {
  if (n < 100_000) return `${(n / 1e3).toFixed(1)} kB`
  return n < 1e9 ? `${(n / 1e6).toFixed(n < 1e7 ? 1 : 0)} MB` : `${(n / 1e9).toFixed(1)} GB`
}

/** `2 days ago`, `just now`. */
export function ago(then: Date, now: Date = new Date()): string {
  const seconds = Math.round((now.getTime() - then.getTime()) / 1_000)
  // No Intl here: its first use takes 15 ms.
  const steps: [number, string][] = [
    [60, 'second'],
    [3_600, 'minute'],
    [86_400, 'hour'],
    [2_592_000, 'day'],
    [31_536_000, 'month'],
    [Number.POSITIVE_INFINITY, 'year'],
  ]
  if (seconds < 10) return 'just now'
  let size = 1
  for (const [limit, unit] of steps) {
    if (seconds < limit) return `${count(Math.floor(seconds / size), unit)} ago`
    size = limit
  }
  return then.toISOString()
}

/** Pads columns to the widest cell; the last column is left as it is. */
export function columns(rows: readonly (readonly string[])[], gap = '   '): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell))
  return rows.map((row) => {
    let end = row.length
    while (end > 0 && row[end - 1] === '') end--
    return row
      .slice(0, end)
      .map((cell, i) => (i === end - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - width(cell))))
      .join(gap)
  })
}

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g')
const PLAIN = /^[ -~]*$/
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu

// Wide characters take two cells of a terminal, combining marks none.
function width(text: string): number {
  if (PLAIN.test(text)) return text.length
  const plain = text.replace(ESCAPES, '').normalize('NFC')
  return [...plain].filter((c) => !/\p{Mn}/u.test(c)).length + (plain.match(WIDE)?.length ?? 0)
}

/** A name as people read it: its timestamp, and the rest. */
export function splitName(name: string): { stamp: string; rest: string } {
  const leading = /^(\d{4,})[-_ ]?(.+)$/s.exec(name)
  if (leading !== null) return { stamp: leading[1] as string, rest: leading[2] as string }
  const trailing = /^(.+?)(\d{13})$/s.exec(name)
  if (trailing !== null) return { stamp: trailing[2] as string, rest: trailing[1] as string }
  return { stamp: '', rest: name }
}

/** SQL in one line, cut to so many characters. */
export function oneLine(sql: string, width: number): string {
  const text = sql.replace(/\s+/g, ' ')
  return text.length > width ? `${text.slice(0, width - 1)}…` : text
}

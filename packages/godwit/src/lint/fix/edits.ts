/** One place in a text with what stands there from now on. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** A text with edits, which do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = text
  for (const { start, end, text: fresh } of edits.toSorted((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, start) + fresh + result.slice(end)
  return result
}

/** A string literal that says `value`, in the quotes that stand there now. */
export function quotedLike(old: string, value: string): string {
  const quote = old[0] === '"' || old[0] === "'" ? old[0] : '`'
  if (quote !== '`' && value.includes('\n')) return quotedLike('`', value)
  const escaped = value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)
  return `${quote}${quote === '`' ? escaped.replaceAll('${', '\\${') : escaped}${quote}`
}

/** The white space ahead of a place on its line. */
export function indentAt(text: string, offset: number): string {
  const line = text.lastIndexOf('\n', offset - 1) + 1
  return /^[^\S\n]*/.exec(text.slice(line, offset))?.[0] ?? ''
}

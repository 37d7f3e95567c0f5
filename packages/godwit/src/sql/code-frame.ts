const TAB = 4
const WIDTH = 110

/**
 * The line, the one before it, and a caret under the column. Tabs are spread to stops of four, wide characters count two
 * columns, and of a long line only the surroundings are shown.
 *
 * @param line 1-based, as numbered from `firstLine`
 * @param column 1-based, in UTF-16 units
 * @param firstLine the number of the first line of `source`
 * @example
 * 3 │ -- keep the old name
 * 4 │ UPDATE users SET full_name = nme;
 *   │                              ^
 */
export function codeFrame(source: string, line: number, column: number, firstLine = 1): string {
  const wanted = lineOf(source, line - firstLine)
  if (wanted === undefined) return ''
  const before = line > firstLine ? lineOf(source, line - firstLine - 1) : undefined
  const gutter = String(line).length
  const numbered = (number: number | string, text: string): string => `${String(number).padStart(gutter)} │ ${text}`
  const caret = spread(wanted.slice(0, Math.max(0, column - 1)))
  const caretAt = displayWidth(caret)
  const from = caretAt > WIDTH - 20 ? caretAt - WIDTH / 2 : 0
  return [
    ...(before === undefined ? [] : [numbered(line - 1, cut(spread(before), from))]),
    numbered(line, cut(spread(wanted), from)),
    `${' '.repeat(gutter)} │ ${' '.repeat(caretAt - from)}^`,
  ].join('\n')
}

function lineOf(source: string, index: number): string | undefined {
  let start = source.charCodeAt(0) === 0xfeff ? 1 : 0
  for (let seen = 0; seen < index; seen++) {
    const end = source.indexOf('\n', start)
    if (end < 0) return undefined
    start = end + 1
  }
  const end = source.indexOf('\n', start)
  const text = source.slice(start, end < 0 ? source.length : end)
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

/** Tabs as spaces, other control characters as a dot: a terminal must not obey a script's text. */
function spread(text: string): string {
  let shown = ''
  let width = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const next =
      character === '\t' ? ' '.repeat(TAB - (width % TAB)) : code < 32 || (code >= 127 && code < 160) ? '·' : character
    shown += next
    width += character === '\t' ? next.length : widthOf(code)
  }
  return shown
}

/** The columns from `from` on, `WIDTH` of them; an ellipsis stands in the first and last column where something is left out. */
function cut(text: string, from: number): string {
  let shown = ''
  let at = 0
  let rest = false
  for (const character of text) {
    const width = widthOf(character.codePointAt(0) ?? 0)
    if (at + width > from + WIDTH) {
      rest = true
      break
    }
    // half of a wide character becomes a space, so that the caret stays right
    if (at >= from) shown += character
    else if (at + width > from) shown += ' '
    at += width
  }
  if (from > 0 && shown !== '') {
    const first = String.fromCodePoint(shown.codePointAt(0) ?? 32)
    shown = `…${' '.repeat(Math.max(0, widthOf(first.codePointAt(0) ?? 0) - 1))}${shown.slice(first.length)}`
  }
  return rest ? `${shown}…` : shown
}

function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += widthOf(character.codePointAt(0) ?? 0)
  return width
}

/** Columns of a character on a terminal: combining marks none, East Asian wide ones and emoji two (Unicode TR 11). */
function widthOf(code: number): number {
  if (code < 0x300) return 1
  if (combining.some(([from, to]) => code >= from && code <= to)) return 0
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}

const combining: readonly (readonly [number, number])[] = [
  [0x300, 0x36f],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200f],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0x1f3fb, 0x1f3ff],
]

const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

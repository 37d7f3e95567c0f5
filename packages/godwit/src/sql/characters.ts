/** The character classes of PostgreSQL's lexer (`scan.l`): every character above ASCII may be part of a word. */

export const NEWLINE = 10
export const RETURN = 13
export const DOUBLE_QUOTE = 34
export const DOLLAR = 36
export const QUOTE = 39
export const OPEN = 40
export const CLOSE = 41
export const STAR = 42
export const MINUS = 45
export const DOT = 46
export const SLASH = 47
export const SEMICOLON = 59
export const UPPER_E = 69
export const BACKSLASH = 92
export const LOWER_E = 101
export const BYTE_ORDER_MARK = 0xfeff

const SPACE_CLASS = 1
const START_CLASS = 2
const DIGIT_CLASS = 4

const classes = new Uint8Array(128)
for (const code of [9, 10, 11, 12, 13, 32]) classes[code] = SPACE_CLASS
for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] = START_CLASS
classes[95] = START_CLASS
for (let code = 48; code <= 57; code++) classes[code] = DIGIT_CLASS

export function isSpace(code: number): boolean {
  return code < 128 && classes[code] === SPACE_CLASS
}

export function isDigit(code: number): boolean {
  return code < 128 && classes[code] === DIGIT_CLASS
}

/** May begin a word. */
export function isWordStart(code: number): boolean {
  // NaN, behind the end of a text, is neither
  return code >= 128 || classes[code] === START_CLASS
}

/** The end of the word that begins at `from`; dollars belong to words, except in the tag of a dollar quote. */
export function wordEnd(text: string, from: number, dollars = true): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128 || (classes[code] as number) >= START_CLASS || (dollars && code === DOLLAR)) continue
    break
  }
  return at
}

/** The end of the line that `from` is on, its line break not included. */
export function lineEnd(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE || code === RETURN) break
  }
  return at
}

/**
 * Behind the opening `$tag$` of a dollar quote that begins at `from`; 0 when none does; above the length of the text when
 * more of it must tell.
 */
export function dollarTagEnd(text: string, from: number): number {
  const inside = from + 1
  const end = isWordStart(text.charCodeAt(inside)) ? wordEnd(text, inside, false) : inside
  if (end >= text.length) return end + 1
  return text.charCodeAt(end) === DOLLAR ? end + 1 : 0
}

import * as c from './characters.js'

/** A token of SQL; comments and white space are none. */
export interface Token {
  kind: 'word' | 'name' | 'literal' | 'number' | 'symbol'
  /** As written, quotes included. */
  text: string
  /** UTF-16 offset in the text. */
  offset: number
}

/** The tokens of a text, one by one; what is never closed reaches to the end. */
export function* tokens(text: string): Generator<Token> {
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (c.isSpace(code)) {
      at++
      continue
    }
    const comment = commentEnd(text, at)
    if (comment > at) {
      at = comment
      continue
    }
    const token = readToken(text, at, code)
    yield token
    at += token.text.length
  }
}

function readToken(text: string, offset: number, code: number): Token {
  const token = (kind: Token['kind'], end: number): Token => ({ kind, text: text.slice(offset, end), offset })
  if (c.isWordStart(code)) {
    const end = c.wordEnd(text, offset)
    const escapes = end === offset + 1 && (code === c.UPPER_E || code === c.LOWER_E)
    if (escapes && text.charCodeAt(end) === c.QUOTE) return token('literal', quotedEnd(text, end, true))
    return token('word', end)
  }
  if (c.isDigit(code)) return token('number', c.wordEnd(text, offset, false))
  if (code === c.QUOTE) return token('literal', quotedEnd(text, offset, false))
  if (code === c.DOUBLE_QUOTE) return token('name', quotedEnd(text, offset, false))
  if (code === c.DOLLAR) {
    const tag = dollarTag(text, offset)
    if (tag !== '') {
      const close = text.indexOf(tag, offset + tag.length)
      return token('literal', close < 0 ? text.length : close + tag.length)
    }
  }
  return token('symbol', offset + 1)
}

/** The opening of a dollar quote, `$tag$`, or nothing. */
export function dollarTag(text: string, offset: number): string {
  if (text.charCodeAt(offset) !== c.DOLLAR) return ''
  const end = c.dollarTagEnd(text, offset)
  return end > text.length ? '' : text.slice(offset, end === 0 ? offset : end)
}

/** Behind the quoted text that begins at `offset`; doubled quotes belong to it. */
function quotedEnd(text: string, offset: number, escapes: boolean): number {
  const quote = text.charCodeAt(offset)
  for (let at = offset + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (escapes && code === c.BACKSLASH) at++
    else if (code === quote) {
      if (text.charCodeAt(at + 1) !== quote) return at + 1
      at++
    }
  }
  return text.length
}

/** Behind the comment that begins at `offset`; `offset` itself when none does. */
function commentEnd(text: string, offset: number): number {
  if (text.startsWith('--', offset)) return c.lineEnd(text, offset)
  if (!text.startsWith('/*', offset)) return offset
  let depth = 0
  for (let at = offset; at < text.length; at++) {
    if (text.startsWith('/*', at)) depth++
    else if (text.startsWith('*/', at)) depth--
    else continue
    at++
    if (depth === 0) return at + 1
  }
  return text.length
}

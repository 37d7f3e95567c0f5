import { notNames } from './keywords.js'
import { type Token, tokens } from './tokens.js'

/** Longer names are cut by the server. */
const NAME_BYTES = 63
const operatorCharacter = /^[-+*/<>=~!@#%^&|`?]$/

/**
 * Goes through the tokens of a statement that may be plain. Each method goes past what it names and says so, or stays where
 * it is.
 */
export class PlainCursor {
  readonly #tokens: readonly Token[]
  /** Words in lower case, all else as written. */
  readonly #folded: readonly string[]
  #at = 0

  constructor(text: string) {
    this.#tokens = [...tokens(text)]
    this.#folded = this.#tokens.map(({ kind, text }) => (kind === 'word' ? text.toLowerCase() : text))
  }

  get atEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  /** Whether this key word or symbol is next. */
  sees(part: string): boolean {
    return this.#folded[this.#at] === part
  }

  /** These key words and symbols, all of them. */
  take(...parts: readonly string[]): boolean {
    for (let index = 0; index < parts.length; index++) if (this.#folded[this.#at + index] !== parts[index]) return false
    this.#at += parts.length
    return true
  }

  /** One of these key words. */
  oneOf(words: ReadonlySet<string>): string | undefined {
    const next = this.#folded[this.#at]
    if (next === undefined || !words.has(next)) return undefined
    this.#at++
    return next
  }

  /** One of these functions, and the parenthesis behind it. */
  call(functions: ReadonlySet<string>): boolean {
    return this.#folded[this.#at + 1] === '(' && this.oneOf(functions) !== undefined && this.take('(')
  }

  /** A name as the server reads it. One of the system's own, and one that it would cut, is not plain. */
  name(but: ReadonlySet<string> = notNames): string | undefined {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word' && token?.kind !== 'name') return undefined
    if (token.kind === 'word' && but.has(this.#folded[this.#at] as string)) return undefined
    const name = token.kind === 'word' ? lowerAscii(token.text) : unquoted(token.text)
    if (name === undefined || name === '' || /^pg_/i.test(name) || Buffer.byteLength(name) > NAME_BYTES)
      return undefined
    this.#at++
    return name
  }

  named(but?: ReadonlySet<string>): boolean {
    return this.name(but) !== undefined
  }

  /** `'…'`; not `E'…'`, and no dollar quote. */
  literal(): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'literal' || !token.text.startsWith("'") || unquoted(token.text) === undefined) return false
    this.#at++
    return true
  }

  /** A whole number that a size may be. */
  size(): boolean {
    if (!/^\d{1,9}$/.test(this.#numeral(0))) return false
    this.#at++
    return true
  }

  /** `1`, `1.5`. */
  number(): boolean {
    if (!/^\d+$/.test(this.#numeral(0))) return false
    const decimals = this.#folded[this.#at + 1] === '.' && this.#joined(1) && this.#joined(2)
    if (decimals && !/^\d+$/.test(this.#numeral(2))) return false
    this.#at += decimals ? 3 : 1
    return true
  }

  /** An operator, all of it. */
  operator(known: ReadonlySet<string>): boolean {
    let length = 0
    let text = ''
    while (operatorCharacter.test(this.#folded[this.#at + length] ?? '') && (length === 0 || this.#joined(length)))
      text += this.#folded[this.#at + length++]
    if (!known.has(text)) return false
    this.#at += length
    return true
  }

  /** `::`. */
  cast(): boolean {
    return this.sees(':') && this.#joined(1) && this.take(':', ':')
  }

  /** In parentheses, with commas between them, at least one. */
  list(element: () => boolean): boolean {
    if (!this.take('(')) return false
    do if (!element()) return false
    while (this.take(','))
    return this.take(')')
  }

  /** Whether the token that is so many ahead stands right behind the one before it. */
  #joined(ahead: number): boolean {
    const [before, token] = [this.#tokens[this.#at + ahead - 1], this.#tokens[this.#at + ahead]]
    return before !== undefined && token !== undefined && before.offset + before.text.length === token.offset
  }

  #numeral(ahead: number): string {
    const token = this.#tokens[this.#at + ahead]
    return token?.kind === 'number' ? token.text : ''
  }
}

// The server leaves letters beyond ASCII as they are.
function lowerAscii(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** What stands in quotes; nothing when they are not closed. */
function unquoted(text: string): string | undefined {
  const quote = text.charAt(0)
  const inside = text.slice(1, -1)
  if (text.length < 2 || !text.endsWith(quote)) return undefined
  if (!inside.includes(quote)) return inside
  const parts = inside.split(quote + quote)
  return parts.some((part) => part.includes(quote)) ? undefined : parts.join(quote)
}

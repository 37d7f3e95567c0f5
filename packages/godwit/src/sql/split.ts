import * as c from './characters.js'
import { ScriptError, type ScriptItem, type ScriptPlace } from './statement.js'
import { StatementShape } from './statement-shape.js'

export { ScriptError, type ScriptItem, type ScriptPlace, type Statement } from './statement.js'

type Mode = 'code' | 'quote' | 'escape' | 'name' | 'dollar' | 'comment' | 'line-comment' | 'copy-line' | 'copy'

const unterminated: Partial<Record<Mode, string>> = {
  quote: 'This quoted string is never closed.',
  escape: 'This quoted string is never closed.',
  name: 'This quoted name is never closed.',
  dollar: 'This dollar-quoted text is never closed.',
  comment: 'This comment is never closed.',
  'copy-line': 'The data of this COPY is missing: it ends with a line that is just \\.',
  copy: 'The data of this COPY never ends: the line that is just \\. is missing.',
}

/**
 * Splits a script that arrives in pieces, cut anywhere. Only the statement in progress is kept in memory; COPY data
 * passes through. Each character is looked at once.
 */
export class ScriptReader {
  #items: ScriptItem[] = []
  #work = ''
  /** Offset in the script of `#work[0]`. */
  #base = 0
  #final = false
  #mode: Mode = 'code'
  #openedAt = 0
  #opened: ScriptPlace | undefined
  #tag = ''
  #commentDepth = 0
  /** An E'' string just ended: 1, and a line break followed: 2. A string that follows continues it, escapes included. */
  #continuation: 0 | 1 | 2 = 0
  #atLineStart = false

  #pieces: string[] = []
  #start: ScriptPlace | undefined
  #lastEnd = 0
  #parens = 0
  #shape = new StatementShape()

  #line = 1
  #lineStart = 0
  #counted = 0

  /** Takes the next piece and returns what it completed. Throws a {@link ScriptError} for text behind a COPY … FROM stdin. */
  push(chunk: string): ScriptItem[] {
    this.#work = this.#work === '' ? chunk : this.#work + chunk
    if (this.#work !== '') this.#scan()
    const items = this.#items
    this.#items = []
    return items
  }

  /** Ends the script and returns the rest. Throws a {@link ScriptError} when something was never closed. */
  end(): ScriptItem[] {
    this.#final = true
    this.#scan()
    const message = unterminated[this.#mode]
    if (message !== undefined) throw new ScriptError(message, this.#opened ?? this.#place(this.#openedAt))
    this.#finishStatement()
    return this.#items
  }

  #scan(): void {
    const length = this.#work.length
    let at = this.#base === 0 && this.#counted === 0 ? this.#skipMark() : 0
    while (at < length) {
      const next = this.#step(at)
      if (next === at) break
      at = next
    }
    this.#keepFrom(at)
  }

  /** Reads on from `at` and returns how far it came; `at` itself when it must see more input first. */
  #step(at: number): number {
    switch (this.#mode) {
      case 'code':
        return this.#code(at)
      case 'quote':
        return this.#closeAt(this.#work.indexOf("'", at), 1)
      case 'name':
        return this.#closeAt(this.#work.indexOf('"', at), 1)
      case 'escape':
        return this.#escape(at)
      case 'dollar':
        return this.#dollar(at)
      case 'comment':
        return this.#comment(at)
      case 'line-comment':
        return this.#lineComment(at)
      case 'copy-line':
        return this.#copyLine(at)
      case 'copy':
        return this.#copy(at)
    }
  }

  #code(from: number): number {
    const work = this.#work
    const length = work.length
    let at = from
    while (at < length) {
      const code = work.charCodeAt(at)
      if (c.isSpace(code)) {
        if (this.#continuation !== 0 && (code === c.NEWLINE || code === c.RETURN)) this.#continuation = 2
        at++
        continue
      }
      const wordy = c.isWordStart(code)
      if (wordy || c.isDigit(code)) {
        const end = c.wordEnd(work, at, wordy)
        if (end === length && !this.#final) return at
        this.#token(at, end)
        if (this.#shape.watching) this.#shape.word(work.slice(at, end), this.#parens)
        if (end - at === 1 && (code === 69 || code === 101) && work.charCodeAt(end) === c.QUOTE) {
          return this.#open('escape', at, end + 1)
        }
        at = end
        continue
      }
      switch (code) {
        case c.QUOTE:
          return this.#open(this.#continuation === 2 ? 'escape' : 'quote', at, at + 1)
        case c.DOUBLE_QUOTE:
          return this.#open('name', at, at + 1)
        case c.DOLLAR: {
          const end = c.isWordStart(work.charCodeAt(at + 1)) ? c.wordEnd(work, at + 1, false) : at + 1
          if (end >= length && !this.#final) return at
          if (work.charCodeAt(end) === c.DOLLAR) {
            this.#tag = work.slice(at, end + 1)
            return this.#open('dollar', at, end + 1)
          }
          break
        }
        case c.MINUS:
        case c.SLASH: {
          if (at + 1 === length && !this.#final) return at
          const next = work.charCodeAt(at + 1)
          if (code === c.MINUS && next === c.MINUS) {
            this.#mode = 'line-comment'
            return at + 2
          }
          if (code === c.SLASH && next === c.STAR) {
            this.#mode = 'comment'
            this.#openedAt = this.#base + at
            this.#commentDepth = 1
            this.#continuation = 0
            return at + 2
          }
          break
        }
        case c.BACKSLASH:
          return this.#psql(at)
        case c.SEMICOLON:
          if (this.#parens > 0 || this.#shape.insideBody) break
          return this.#finishStatement(at)
      }
      if (code === c.OPEN) this.#parens++
      else if (code === c.CLOSE && this.#parens > 0) this.#parens--
      this.#token(at, at + 1)
      if (this.#shape.watching) this.#shape.symbol(code === c.DOT)
      at++
    }
    return at
  }

  #token(at: number, end: number): void {
    if (this.#start === undefined) this.#start = this.#place(this.#base + at)
    this.#lastEnd = this.#base + end
    this.#continuation = 0
  }

  #open(mode: Mode, at: number, inside: number): number {
    this.#token(at, inside)
    if (this.#shape.watching) this.#shape.symbol(false)
    this.#mode = mode
    this.#openedAt = this.#base + at
    return inside
  }

  #closeAt(found: number, width: number): number {
    if (found < 0) return this.#work.length
    this.#mode = 'code'
    this.#opened = undefined
    this.#lastEnd = this.#base + found + width
    return found + width
  }

  #escape(from: number): number {
    const work = this.#work
    for (let at = from; at < work.length; at++) {
      const code = work.charCodeAt(at)
      if (code !== c.BACKSLASH && code !== c.QUOTE) continue
      if (at + 1 === work.length && !this.#final) return at
      if (code === c.BACKSLASH || work.charCodeAt(at + 1) === c.QUOTE) at++
      else {
        this.#continuation = 1
        return this.#closeAt(at, 1)
      }
    }
    return work.length
  }

  #dollar(at: number): number {
    const found = this.#work.indexOf(this.#tag, at)
    if (found >= 0) return this.#closeAt(found, this.#tag.length)
    return this.#final ? this.#work.length : Math.max(at, this.#work.length - this.#tag.length + 1)
  }

  #comment(from: number): number {
    const work = this.#work
    for (let at = from; at < work.length; at++) {
      const code = work.charCodeAt(at)
      if (code !== c.SLASH && code !== c.STAR) continue
      if (at + 1 === work.length && !this.#final) return at
      const next = work.charCodeAt(at + 1)
      if (code === c.SLASH && next === c.STAR) {
        this.#commentDepth++
        at++
      } else if (code === c.STAR && next === c.SLASH) {
        at++
        if (--this.#commentDepth === 0) {
          this.#mode = 'code'
          this.#opened = undefined
          return at + 1
        }
      }
    }
    return work.length
  }

  #lineComment(from: number): number {
    const end = c.lineEnd(this.#work, from)
    if (end < this.#work.length || this.#final) this.#mode = 'code'
    return end
  }

  /** The rest of the line of a COPY … FROM stdin. psql would run it after the data; here only a comment may stand there. */
  #copyLine(from: number): number {
    const work = this.#work
    let at = from
    while (at < work.length && c.isSpace(work.charCodeAt(at))) {
      if (work.charCodeAt(at++) === c.NEWLINE) {
        this.#mode = 'copy'
        this.#atLineStart = true
        return at
      }
    }
    if (at === work.length) return at
    if (work.charCodeAt(at) === c.MINUS && at + 1 === work.length && !this.#final) return at
    if (!work.startsWith('--', at)) {
      throw new ScriptError('Text behind COPY … FROM stdin on the same line.', this.#place(this.#base + at))
    }
    const end = work.indexOf('\n', at)
    return end >= 0 ? end : this.#final ? work.length : at
  }

  #copy(from: number): number {
    const work = this.#work
    const length = work.length
    for (let at = from; ; ) {
      const mark = work.indexOf('\\', at)
      if (mark < 0) return this.#copyData(from, length)
      const lineStart = mark === from ? this.#atLineStart : work.charCodeAt(mark - 1) === c.NEWLINE
      if (!lineStart) {
        at = mark + 1
        continue
      }
      if (mark + 1 >= length && !this.#final) return this.#copyData(from, mark)
      if (work.charCodeAt(mark + 1) !== c.DOT) {
        at = mark + 1
        continue
      }
      let end = mark + 2
      if (work.charCodeAt(end) === c.RETURN) end++
      if (end >= length && !this.#final) return this.#copyData(from, mark)
      if (end < length && work.charCodeAt(end) !== c.NEWLINE) {
        at = mark + 2
        continue
      }
      this.#copyData(from, mark)
      this.#items.push({ kind: 'copy-end' })
      this.#mode = 'code'
      this.#opened = undefined
      return Math.min(end + 1, length)
    }
  }

  #copyData(from: number, to: number): number {
    const last = this.#work.charCodeAt(to - 1)
    const end = to > from && last >= 0xd800 && last < 0xdc00 && !this.#final ? to - 1 : to
    if (end > from) {
      this.#items.push({ kind: 'copy-data', text: this.#work.slice(from, end) })
      this.#atLineStart = this.#work.charCodeAt(end - 1) === c.NEWLINE
    }
    return end
  }

  #psql(at: number): number {
    const end = c.lineEnd(this.#work, at)
    if (end === this.#work.length && !this.#final) return at
    const text = this.#work.slice(at, end).trimEnd()
    const name = text.slice(1, c.wordEnd(text, 1))
    if (name !== 'restrict' && name !== 'unrestrict') {
      const { line, column } = this.#place(this.#base + at)
      this.#items.push({ kind: 'psql', text, line, column })
      if (this.#start !== undefined) this.#token(at, end)
    }
    return end
  }

  /** @param at where the `;` stands in `#work`; nothing at the end of the script */
  #finishStatement(at = this.#work.length): number {
    const start = this.#start
    if (start !== undefined) {
      const rest = this.#work.slice(Math.max(0, start.offset - this.#base), at)
      const whole = this.#pieces.length === 0 ? rest : this.#pieces.join('') + rest
      const text = whole.slice(0, this.#lastEnd - start.offset)
      const copyFromStdin = this.#shape.copyFromStdin
      this.#items.push({ kind: 'statement', statement: { text, ...start, copyFromStdin } })
      if (copyFromStdin) {
        this.#mode = 'copy-line'
        this.#opened = start
      }
    }
    this.#start = undefined
    this.#pieces = []
    this.#parens = 0
    this.#continuation = 0
    this.#shape = new StatementShape()
    return at + 1
  }

  #skipMark(): number {
    if (this.#work.charCodeAt(0) !== c.BYTE_ORDER_MARK) return 0
    this.#lineStart = this.#counted = 1
    return 1
  }

  #place(offset: number): ScriptPlace {
    this.#countLines(offset)
    return { offset, line: this.#line, column: offset - this.#lineStart + 1 }
  }

  #countLines(until: number): void {
    const stop = until - this.#base
    let at = this.#counted - this.#base
    for (;;) {
      const found = this.#work.indexOf('\n', at)
      if (found < 0 || found >= stop) break
      this.#line++
      at = found + 1
      this.#lineStart = this.#base + at
    }
    this.#counted = until
  }

  #keepFrom(at: number): void {
    if (unterminated[this.#mode] !== undefined && this.#opened === undefined) this.#opened = this.#place(this.#openedAt)
    const start = this.#start
    if (start !== undefined) this.#pieces.push(this.#work.slice(Math.max(0, start.offset - this.#base), at))
    this.#countLines(this.#base + at)
    this.#work = this.#work.slice(at)
    this.#base += at
  }
}

/** Splits a whole script. Throws a {@link ScriptError} when something in it was never closed. */
export function splitScript(text: string): ScriptItem[] {
  const reader = new ScriptReader()
  const items = reader.push(text)
  items.push(...reader.end())
  return items
}

import * as c from './characters.js'
import { readCopyData } from './copy-data.js'
import { readComment, readEscapeString } from './enclosed.js'
import { LineCounter } from './line-counter.js'
import { type Mode, unclosed } from './modes.js'
import { ScriptError, type ScriptItem, type ScriptPlace } from './statement.js'
import { StatementDraft } from './statement-draft.js'

export { ScriptError, type ScriptItem, type ScriptPlace, type Statement } from './statement.js'

/**
 * Splits a script that arrives in pieces, cut anywhere. Only the statement in progress is kept in memory; COPY data
 * passes through. Not usable after it threw.
 */
export class ScriptReader {
  #items: ScriptItem[] = []
  /** The window: what was pushed and is not read yet. */
  #work = ''
  /** Offset in the script of `#work[0]`. */
  #base = 0
  #final = false
  #lines: LineCounter | undefined
  #mode: Mode = 'code'
  /** Where the string, comment or COPY that the mode is about begins. */
  #openedAt = 0
  #opened: ScriptPlace | undefined
  #tag = ''
  #commentDepth = 0
  #copyAtLineStart = true
  /** 1: an E'' string just ended; 2: and a line break followed. A string that follows then continues it, escapes included. */
  #continuation: 0 | 1 | 2 = 0
  #draft: StatementDraft | undefined
  #lastEnd = 0
  #parens = 0

  /** Takes the next piece and returns what it completed. Throws a {@link ScriptError}. */
  push(chunk: string): ScriptItem[] {
    this.#work = this.#work === '' ? chunk : this.#work + chunk
    if (this.#work !== '') this.#read()
    const items = this.#items
    this.#items = []
    return items
  }

  /** Ends the script and returns the rest. Throws a {@link ScriptError} when something was never closed. */
  end(): ScriptItem[] {
    this.#final = true
    this.#read()
    const message = unclosed[this.#mode]
    if (message !== undefined) throw new ScriptError(message, this.#opened ?? this.#place(this.#openedAt))
    this.#finishStatement(0)
    return this.#items
  }

  #read(): void {
    const work = this.#work
    let at = 0
    if (this.#lines === undefined) {
      if (work.charCodeAt(0) === c.BYTE_ORDER_MARK) at = 1
      this.#lines = new LineCounter(at)
    }
    const nul = work.indexOf('\0')
    if (nul >= 0) {
      const message = 'A NUL character, which PostgreSQL cannot take; the file may be UTF-16.'
      throw new ScriptError(message, this.#place(this.#base + nul))
    }
    while (at < work.length) {
      const mode = this.#mode
      const next = this.#step(at)
      if (next === at && mode === this.#mode) break
      at = next
    }
    if (unclosed[this.#mode] !== undefined) this.#opened ??= this.#place(this.#openedAt)
    this.#draft?.keep(work, this.#base, at)
    this.#lines.count(this.#base + at, work, this.#base)
    this.#work = work.slice(at)
    this.#base += at
  }

  /** Reads on from `at` and returns how far it came; `at` itself, in the same mode, when it must see more input first. */
  #step(at: number): number {
    switch (this.#mode) {
      case 'code':
        return this.#code(at)
      case 'quote':
        return this.#close(this.#work.indexOf("'", at) + 1)
      case 'name':
        return this.#close(this.#work.indexOf('"', at) + 1)
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
      const starts = c.isWordStart(code)
      if (starts || c.isDigit(code)) {
        const end = c.wordEnd(work, at, starts)
        if (end === length && !this.#final) return at
        const shape = this.#token(at, end)
        if (shape.watching) shape.word(work.slice(at, end), this.#parens)
        if (work.charCodeAt(end) === c.QUOTE && end === at + 1 && (code === c.UPPER_E || code === c.LOWER_E)) {
          return this.#open('escape', at, end + 1)
        }
        at = end
        continue
      }
      if (code === c.QUOTE) return this.#open(this.#continuation === 2 ? 'escape' : 'quote', at, at + 1)
      if (code === c.DOUBLE_QUOTE) return this.#open('name', at, at + 1)
      if (code === c.DOLLAR) {
        const end = c.dollarTagEnd(work, at)
        if (end > length && !this.#final) return at
        if (end > 0 && end <= length) {
          this.#tag = work.slice(at, end)
          return this.#open('dollar', at, end)
        }
      } else if (code === c.MINUS || code === c.SLASH) {
        if (at + 1 === length && !this.#final) return at
        const next = work.charCodeAt(at + 1)
        if (code === c.MINUS && next === c.MINUS) return this.#openComment('line-comment', at)
        if (code === c.SLASH && next === c.STAR) return this.#openComment('comment', at)
      } else if (code === c.BACKSLASH) return this.#psql(at)
      else if (code === c.SEMICOLON && this.#parens === 0 && this.#draft?.shape.insideBody !== true) {
        return this.#finishStatement(at)
      } else if (code === c.OPEN) this.#parens++
      else if (code === c.CLOSE && this.#parens > 0) this.#parens--
      const shape = this.#token(at, at + 1)
      if (shape.watching) shape.symbol(code === c.DOT)
      at++
    }
    return at
  }

  #token(at: number, end: number): StatementDraft['shape'] {
    this.#draft ??= new StatementDraft(this.#place(this.#base + at))
    this.#lastEnd = this.#base + end
    this.#continuation = 0
    return this.#draft.shape
  }

  #open(mode: Mode, at: number, inside: number): number {
    const shape = this.#token(at, inside)
    if (shape.watching) shape.symbol(false)
    this.#mode = mode
    this.#openedAt = this.#base + at
    return inside
  }

  #openComment(mode: 'comment' | 'line-comment', at: number): number {
    this.#mode = mode
    if (mode === 'line-comment') return at + 2 // a continued string may have such comments between its parts
    this.#openedAt = this.#base + at
    this.#commentDepth = 1
    this.#continuation = 0
    return at + 2
  }

  /** @param end behind the closing quote; 0 when it is not in the window */
  #close(end: number): number {
    if (end === 0) return this.#work.length
    this.#mode = 'code'
    this.#opened = undefined
    this.#lastEnd = this.#base + end
    return end
  }

  #escape(from: number): number {
    const { next, closed } = readEscapeString(this.#work, from, this.#final)
    if (!closed) return next
    this.#continuation = 1
    return this.#close(next)
  }

  #dollar(at: number): number {
    const found = this.#work.indexOf(this.#tag, at)
    if (found >= 0) return this.#close(found + this.#tag.length)
    return this.#final ? this.#work.length : Math.max(at, this.#work.length - this.#tag.length + 1)
  }

  #comment(from: number): number {
    const { next, depth } = readComment(this.#work, from, this.#commentDepth, this.#final)
    this.#commentDepth = depth
    if (depth > 0) return next
    this.#mode = 'code'
    this.#opened = undefined
    return next
  }

  #lineComment(from: number): number {
    const end = c.lineEnd(this.#work, from)
    if (end < this.#work.length || this.#final) this.#mode = 'code'
    return end
  }

  /** The rest of the line of a COPY … FROM stdin. psql runs it after the data; here only a comment may stand there. */
  #copyLine(from: number): number {
    const work = this.#work
    let at = from
    while (at < work.length && c.isSpace(work.charCodeAt(at))) {
      if (work.charCodeAt(at++) === c.NEWLINE) {
        this.#mode = 'copy'
        this.#copyAtLineStart = true
        return at
      }
    }
    if (at === work.length || (at + 1 === work.length && !this.#final)) return at
    if (!work.startsWith('--', at)) {
      const message = 'Only the data may follow COPY … FROM stdin; this stands on the same line.'
      throw new ScriptError(message, this.#place(this.#base + at))
    }
    const end = work.indexOf('\n', at)
    return end >= 0 ? end : this.#final ? work.length : at
  }

  #copy(from: number): number {
    const work = this.#work
    const { to, next, closed } = readCopyData(work, from, this.#copyAtLineStart, this.#final)
    if (to > from) {
      this.#items.push({ kind: 'copy-data', text: work.slice(from, to) })
      this.#copyAtLineStart = work.charCodeAt(to - 1) === c.NEWLINE
    }
    if (closed) {
      this.#items.push({ kind: 'copy-end' })
      this.#mode = 'code'
      this.#opened = undefined
    }
    return next
  }

  #psql(at: number): number {
    const end = c.lineEnd(this.#work, at)
    if (end === this.#work.length && !this.#final) return at
    const text = this.#work.slice(at, end).trimEnd()
    const name = text.slice(1, c.wordEnd(text, 1))
    if (name === 'restrict' || name === 'unrestrict') return end // newer pg_dump frames its output with them
    const { line, column } = this.#place(this.#base + at)
    this.#items.push({ kind: 'psql', text, line, column })
    if (this.#draft !== undefined) this.#token(at, at + text.length)
    return end
  }

  /** @param at where the statement's `;` stands in the window, or the script ends */
  #finishStatement(at: number): number {
    const draft = this.#draft
    if (draft !== undefined) {
      const statement = draft.finish(this.#work, this.#base, at, this.#lastEnd)
      this.#items.push({ kind: 'statement', statement })
      if (statement.copyFromStdin) {
        this.#mode = 'copy-line'
        this.#opened = draft.start
      }
    }
    this.#draft = undefined
    this.#parens = 0
    this.#continuation = 0
    return at + 1
  }

  #place(offset: number): ScriptPlace {
    this.#lines ??= new LineCounter(0)
    return this.#lines.place(offset, this.#work, this.#base)
  }
}

/** Splits a whole script. Throws a {@link ScriptError} when something in it was never closed. */
export function splitScript(text: string): ScriptItem[] {
  const reader = new ScriptReader()
  const items = reader.push(text)
  items.push(...reader.end())
  return items
}

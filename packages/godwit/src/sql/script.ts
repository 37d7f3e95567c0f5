import * as c from './characters.js'
import type { Classification } from './classify.js'

/** What decides how a script runs, from its statements alone. */
export interface ScriptFacts {
  /**
   * `one`: one transaction. `none`: one statement at a time, outside any. `own`: the script begins and ends its own.
   * `one, else split`: one transaction; when the server says 55P04, again with a commit behind each of `splitAfter`.
   */
  transaction: 'one' | 'none' | 'own' | 'one, else split'
  /** The statement that decided, for all but `one`. */
  because?: { index: number; tag: string }
  /** A statement that the server will refuse for certain: it cannot run in the transaction the script itself opened. */
  impossible?: { index: number; tag: string }
  leavesSession: boolean
  blocksResume: boolean
  statements: number
  /** 0-based indexes of the statements that add an enum value and have others behind them. */
  splitAfter: number[]
}

/** Gathers the facts of a script while its statements pass by. */
export class ScriptFactsBuilder {
  #statements = 0
  #never: { index: number; tag: string } | undefined
  #own: { index: number; tag: string } | undefined
  #impossible: { index: number; tag: string } | undefined
  #added: { index: number; tag: string }[] = []
  #open = false
  #leavesSession = false
  #blocksResume = false

  /** Takes the next statement's classification, in the order of the script. */
  add(of: Classification): this {
    const here = { index: this.#statements++, tag: of.tag }
    this.#leavesSession ||= of.leavesSession
    this.#blocksResume ||= of.blocksResume === true
    if (of.transaction === 'never') {
      if (this.#open) this.#impossible ??= here
      this.#never ??= here
    } else if (of.transaction === 'value-added') this.#added.push(here)
    else if (of.transaction === 'control') this.#control(of, here)
    return this
  }

  #control(of: Classification, here: { index: number; tag: string }): void {
    if (of.control === 'begin') this.#open = true
    else if (of.control === 'commit' || of.control === 'rollback') this.#open = of.chain === true
    else if (of.control === 'prepare') this.#open = false
    else return // savepoints live inside any transaction
    this.#own ??= here
  }

  /** The facts of what was added so far. */
  facts(): ScriptFacts {
    const splits = this.#added.filter((each) => each.index < this.#statements - 1)
    const transaction = this.#own ? 'own' : this.#never ? 'none' : splits.length > 0 ? 'one, else split' : 'one'
    const because = this.#own ?? this.#never ?? splits[0]
    return {
      transaction,
      ...(because === undefined ? {} : { because }),
      ...(this.#impossible === undefined ? {} : { impossible: this.#impossible }),
      leavesSession: this.#leavesSession,
      blocksResume: this.#blocksResume,
      statements: this.#statements,
      splitAfter: splits.map((each) => each.index),
    }
  }
}

/** The facts of a script, from the classifications of its statements in order. */
export function scriptFacts(classifications: Iterable<Classification>): ScriptFacts {
  const builder = new ScriptFactsBuilder()
  for (const each of classifications) builder.add(each)
  return builder.facts()
}

/** What the comments at the head of a script say to Godwit. */
export interface ScriptHeader {
  transaction?: 'none' | 'one'
  /** Lines that begin `-- godwit:` and say nothing known. */
  unknown: { line: number; text: string }[]
}

/** Reads `-- godwit: transaction=none` or `=one` from the comments before the first statement. */
export function scriptHeader(text: string): ScriptHeader {
  const header: ScriptHeader = { unknown: [] }
  let line = 1
  for (let at = text.charCodeAt(0) === c.BYTE_ORDER_MARK ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === c.NEWLINE) line++
    if (c.isSpace(code)) continue
    if (!text.startsWith('--', at)) break
    const end = c.lineEnd(text, at)
    readHeaderLine(header, text.slice(at + 2, end).trim(), line)
    at = end - 1
  }
  return header
}

function readHeaderLine(header: ScriptHeader, comment: string, line: number): void {
  if (!comment.startsWith('godwit:')) return
  const [key, value, ...rest] = comment
    .slice('godwit:'.length)
    .split('=')
    .map((part) => part.trim())
  if (key === 'transaction' && rest.length === 0 && (value === 'none' || value === 'one')) header.transaction = value
  else header.unknown.push({ line, text: `-- ${comment}` })
}

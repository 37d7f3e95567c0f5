import { type Token, tokens } from '../sql/tokens.js'

/** The text of an ALTER TABLE, cut at its commands. */
export interface AlterText {
  /** `ALTER TABLE IF EXISTS ONLY "users"`, as written. */
  head: string
  /** The commands as written, without the commas between them. */
  commands: string[]
}

/** Cuts an ALTER TABLE at its commands; nothing where it is no such statement. */
export function alterText(text: string): AlterText | undefined {
  const all = [...tokens(text)]
  let at = 0
  const word = (...words: string[]): boolean => {
    const here = words.every((each, index) => isWord(all[at + index], each))
    if (here) at += words.length
    return here
  }
  if (!word('ALTER', 'TABLE')) return undefined
  word('IF', 'EXISTS')
  word('ONLY')
  at++
  while (all[at]?.text === '.') at += 2
  if (all[at]?.text === '*') at++
  const first = all[at]
  const last = all[at - 1]
  if (first === undefined || last === undefined) return undefined
  const starts = [first.offset]
  const ends: number[] = []
  let depth = 0
  for (const token of all.slice(at)) {
    if (token.text === '(' || token.text === '[') depth++
    else if (token.text === ')' || token.text === ']') depth--
    else if (token.text === ',' && depth === 0) {
      ends.push(token.offset)
      starts.push(token.offset + 1)
    }
  }
  ends.push(text.length)
  return {
    head: text.slice(0, last.offset + last.text.length),
    commands: starts.map((start, index) => text.slice(start, ends[index]).trim()),
  }
}

/** Puts words behind the first of `words` that stands outside of parentheses. */
export function insertBehind(text: string, words: readonly string[], inserted: string): string | undefined {
  const last = find(text, words)
  if (last === undefined) return undefined
  const end = last.offset + last.text.length
  return `${text.slice(0, end)} ${inserted}${text.slice(end)}`
}

/** Takes words away that stand outside of parentheses, with the space ahead of them. */
export function without(text: string, words: readonly string[]): string | undefined {
  const last = find(text, words)
  if (last === undefined) return undefined
  const first = find(text, words, true) as Token
  return text.slice(0, first.offset).trimEnd() + text.slice(last.offset + last.text.length)
}

/** The last token of a row of words that stands outside of parentheses, or the first of them. */
function find(text: string, words: readonly string[], first = false): Token | undefined {
  const all = [...tokens(text)]
  let depth = 0
  for (const [index, token] of all.entries()) {
    if (token.text === '(') depth++
    else if (token.text === ')') depth--
    else if (depth === 0 && words.every((each, n) => isWord(all[index + n], each)))
      return first ? token : all[index + words.length - 1]
  }
  return undefined
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word
}

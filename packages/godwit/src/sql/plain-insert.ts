import { type Token, tokens } from './tokens.js'

const constants = new Set(['null', 'true', 'false', 'default'])
const separators = new Set(['(', ',', '-', '.'])

/**
 * Whether a text is `INSERT INTO name [(columns)] VALUES (constants), …` and nothing else, so that it needs no parser: in
 * data files that is nearly every statement, and our lexer is several times faster. Anything unusual is not plain.
 */
export function isPlainInsert(text: string): boolean {
  const stream = tokens(text)
  if (next(stream) !== 'insert' || next(stream) !== 'into') return false
  let depth = 0
  let previous = '.'
  for (const token of stream) {
    const { kind, text } = token
    if (kind === 'word' && depth === 0 && previous !== '.' && text.toLowerCase() === 'values')
      return onlyConstants(stream)
    if (kind === 'word' || kind === 'name') {
      if (previous !== '.' && previous !== '(' && previous !== ',') return false
      previous = 'name'
      continue
    }
    if (text === '(') depth++
    else if (text === ')') depth--
    else if (text !== ',' && text !== '.') return false
    previous = text
  }
  return false
}

function onlyConstants(stream: Generator<Token>): boolean {
  let rows = 0
  let depth = 0
  let previous = ','
  for (const token of stream) {
    const { text } = token
    if (token.kind === 'literal' || token.kind === 'number') {
      if (depth !== 1 || !separators.has(previous)) return false
    } else if (token.kind === 'word') {
      if (depth !== 1 || !constants.has(text.toLowerCase())) return false
    } else if (text === '(') {
      if (depth++ > 0 || previous !== ',') return false
      rows++
    } else if (text === ')') {
      if (--depth < 0) return false
    } else if (text !== ',' && text !== '-' && text !== '.') return false
    previous = text
  }
  return rows > 0 && depth === 0 && previous === ')'
}

function next(stream: Generator<Token>): string {
  const token = stream.next().value as Token | undefined
  return token?.kind === 'word' ? token.text.toLowerCase() : ''
}

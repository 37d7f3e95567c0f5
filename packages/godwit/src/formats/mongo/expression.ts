import { type Token, tokensOf } from '../typeorm/source-tokens.js'
import type { Span, Value } from './module-shapes.js'
import { readObject, splitAtCommas } from './object-text.js'

/** An expression, and the index of the token behind it. */
export interface Expression {
  value: Value
  next: number
}

const plainWords = new Set(['function', 'async', 'class', 'void', 'true', 'false', 'null', 'undefined'])

/** Reads the expression that begins with a token, up to the end of its statement. */
export function readExpression(source: string, tokens: readonly Token[], from: number): Expression {
  const end = endOf(tokens, from)
  const [first] = tokens.slice(from, from + 1)
  const next = tokens[end]?.text === ';' ? end + 1 : end
  if (first === undefined) return { value: { kind: 'unsure', start: 0, end: 0 }, next }
  const span = spanOf(tokens, from, end)
  const own = withoutType(tokens.slice(from, end))
  return { value: { ...span, ...meaning(source, own) } as Value, next }
}

type Meaning = Value extends infer V ? (V extends Span ? Omit<V, keyof Span> : never) : never

function meaning(source: string, tokens: readonly Token[]): Meaning {
  const [first, second, third] = tokens
  if (first === undefined) return { kind: 'unsure' }
  if (first.kind === 'string' || first.kind === 'number' || first.kind === 'template') {
    return { kind: tokens.length === 1 ? 'other' : 'unsure' }
  }
  if (first.text === '(' && isArrow(second, third)) return { kind: 'other' }
  if (first.kind === 'word' && plainWords.has(first.text)) return { kind: 'other' }
  if (first.text === 'require' && second?.text === '(') return required(source, second, tokens.length)
  if (first.text === '__importDefault' || first.text === '__importStar') return wrapped(source, second)
  // The order of an array does not count.
  const sorted = first.text === '[' && tokens.length === 4 && /^(?:sort|reverse|toSorted)$/.test(third?.text ?? '')
  if (tokens.length === 1 || sorted) return alone(source, first)
  if (first.kind === 'word' && second?.text === '.' && third?.kind === 'word' && tokens.length === 3) {
    return { kind: 'member', of: first.text, name: third.text }
  }
  return { kind: 'unsure' }
}

function alone(source: string, token: Token): Meaning {
  if (token.kind === 'word') return { kind: 'name', name: token.text }
  if (token.text === '{') {
    const object = readObject(source, token.start, token.end)
    return object === undefined ? { kind: 'unsure' } : { kind: 'object', object }
  }
  if (token.text !== '[') return { kind: 'unsure' }
  const inner = tokensOf(source, token.start + 1, token.end - 1)
  if (inner === undefined) return { kind: 'unsure' }
  return { kind: 'array', entries: splitAtCommas(inner).map((entry) => entryOf(source, entry)) }
}

function entryOf(source: string, entry: readonly Token[]): Value {
  const span = spanOf(entry, 0, entry.length)
  if (entry.slice(0, 3).every((token) => token.text === '.') && entry.length > 3) {
    return { ...span, kind: 'spread', of: { ...span, ...meaning(source, entry.slice(3)) } as Value }
  }
  return { ...span, ...meaning(source, withoutType(entry)) } as Value
}

function required(source: string, group: Token, length: number): Meaning {
  const inner = tokensOf(source, group.start + 1, group.end - 1)
  const from = inner?.[0]
  return from?.kind === 'string' && inner?.length === 1 && length === 2
    ? { kind: 'module', from: from.text }
    : { kind: 'unsure' }
}

/** `__importDefault(require('y'))`, as compilers write an import. */
function wrapped(source: string, group: Token | undefined): Meaning {
  const inner = group && tokensOf(source, group.start + 1, group.end - 1)
  return inner?.[0]?.text === 'require' && inner[1] ? required(source, inner[1], inner.length) : { kind: 'unsure' }
}

/** Where a statement ends: at a semicolon, or where a line begins that cannot go on with it. */
function endOf(tokens: readonly Token[], from: number): number {
  let at = from
  while (tokens[at] !== undefined && tokens[at]?.text !== ';') {
    const token = tokens[at]
    const before = tokens[at - 1]
    if (at > from && token?.newLine && !goesOn(before, token)) return at
    at++
  }
  return at
}

function goesOn(before: Token | undefined, token: Token): boolean {
  const joins = (each: Token | undefined) => each?.kind === 'punct'
  return joins(before) || joins(token) || /^(?:as|satisfies)$/.test(token.text) || token.text === '('
}

/** Leaves `as const`, `as X`, `satisfies X` and `!` out. */
function withoutType(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex((token, i) => i > 0 && (token.text === 'as' || token.text === 'satisfies'))
  return at < 0 ? tokens : tokens.slice(0, at)
}

function isArrow(second: Token | undefined, third: Token | undefined): boolean {
  return (second?.text === '=' && third?.text === '>') || second?.text === ':'
}

function spanOf(tokens: readonly Token[], from: number, to: number): Span {
  const start = tokens[from]?.start ?? 0
  return { start, end: tokens[to - 1]?.end ?? start }
}

/** The 1-based line of an index. */
export function lineAt(source: string, at: number): number {
  let line = 1
  for (let i = source.indexOf('\n'); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) line++
  return line
}

import { type Token, tokensOf } from '../typeorm/source-tokens.js'
import type { ObjectText } from './module-shapes.js'

/** Reads an object literal between its braces; `undefined`: its text cannot be cut into tokens. */
export function readObject(source: string, start: number, end: number): ObjectText | undefined {
  const tokens = tokensOf(source, start + 1, end - 1)
  if (tokens === undefined) return undefined
  const object: ObjectText = { name: null, hasUp: false, down: 'missing', opaque: false }
  for (const member of splitAtCommas(tokens)) readMember(member, object)
  return object
}

/** The parts between the commas of a list, empty ones left out. */
export function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token.text === ',' && token.kind === 'punct') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

function readMember(member: readonly Token[], object: ObjectText): void {
  const at = member.findIndex((token) => !isModifier(token)) - (isKey(member) ? 1 : 0)
  const [key, next, value, ...rest] = member.slice(Math.max(at, 0))
  const written = key?.kind === 'word' || key?.kind === 'string'
  if (!written || (next !== undefined && next.text !== ':' && next.text !== '(')) object.opaque = true
  else if (key.text === 'name') object.name = next?.text === ':' ? literal(value, rest) : undefined
  else if (key.text === 'up') object.hasUp = true
  else if (key.text === 'down') object.down = next?.text === ':' && value?.text === 'false' ? false : 'there'
}

// `async up() {}`: what stands before the name of a method. A getter may give anything, but it is there.
function isModifier(token: Token): boolean {
  return token.text === 'async' || token.text === '*' || token.text === 'get'
}

/** Whether the last of its leading modifiers is the key itself, as in `async: 1` and `get() {}`. */
function isKey(member: readonly Token[]): boolean {
  const first = member.find((token) => !isModifier(token))
  return first === undefined || first.text === ':' || first.text === '('
}

function literal(value: Token | undefined, rest: readonly Token[]): string | undefined {
  const typed = rest.length === 0 || rest[0]?.text === 'as' || rest[0]?.text === 'satisfies'
  return value?.kind === 'string' && typed && !value.text.includes('\\') ? value.text : undefined
}

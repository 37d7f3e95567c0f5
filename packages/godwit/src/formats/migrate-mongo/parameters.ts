import { type Token, tokensOf } from '../typeorm/source-tokens.js'

/** The parameters of a function as they are written, each as its source; `undefined`: its text does not tell. */
export function parametersOf(fn: (...given: never[]) => unknown): string[] | undefined {
  const source = Function.prototype.toString.call(fn)
  const tokens = tokensOf(source)
  if (tokens === undefined || source.includes('[native code]')) return undefined
  // An arrow function's only parameter may stand without brackets.
  const arrow = tokens.findIndex((token) => token.text === '=' && token.kind === 'punct')
  const lone = tokens[arrow - 1]
  if (lone?.kind === 'word') return [lone.text]
  const list = tokens.find((token) => token.kind === 'group' && token.text === '(')
  if (list?.children === undefined) return undefined
  return atCommas(list.children).map((part) => source.slice(part[0]?.start, part.at(-1)?.end))
}

function atCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    if (token.kind === 'punct' && token.text === ',') parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts.filter((part) => part.length > 0)
}

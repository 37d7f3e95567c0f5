import type { Token } from '../typeorm/source-tokens.js'
import { type Expression, readExpression } from './expression.js'
import { splitAtCommas } from './object-text.js'

/** A place in a module's tokens; offsets count from there. */
export class TokenCursor {
  readonly source: string
  readonly tokens: readonly Token[]
  at = 0

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source
    this.tokens = tokens
  }

  peek(offset = 0): Token | undefined {
    return this.tokens[this.at + offset]
  }

  text(offset: number): string | undefined {
    return this.peek(offset)?.text
  }

  /** The expression at an offset; its `next` is an index. */
  expression(offset: number): Expression {
    return readExpression(this.source, this.tokens, this.at + offset)
  }

  /** `=` alone, not `=>` or `==`. */
  isAssignment(offset: number): boolean {
    const token = this.peek(offset)
    const next = this.peek(offset + 1)
    return token?.text === '=' && !(next?.start === token.end && /^[=>]$/.test(next.text))
  }
}

/** `{ a, b as c, type D }` → what stands on the right, and on the left of `as`: [c, b]. */
export function namesIn(list: Token, word = 'as'): [string, string][] {
  return splitAtCommas(list.children ?? []).flatMap((tokens): [string, string][] => {
    const words = tokens[0]?.text === 'type' && tokens.length > 1 && tokens[1]?.text !== word ? [] : tokens
    const [name, between, alias] = words
    if (name === undefined) return []
    return [[between?.text === word && alias !== undefined ? alias.text : name.text, name.text]]
  })
}

import { PARSE_LIMIT } from './classify.js'
import { parseStatement, type Tree } from './parser.js'

/** The tree of a statement that is not too long for the parser, which must be loaded; `undefined`: it does not know it. */
export function parseWithin(text: string): Tree | undefined {
  return text.length > PARSE_LIMIT ? undefined : parseStatement(text)
}

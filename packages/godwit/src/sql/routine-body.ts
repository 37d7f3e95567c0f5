import type { DoStmt } from 'libpg-query'
import { findOption } from './nodes.js'
import { tokens } from './tokens.js'

const before = new Set([';', 'begin', 'then', 'else', 'loop', '>>'])

/** Whether the body of a DO block in PL/pgSQL ends transactions: `COMMIT;` or `ROLLBACK;` as a statement of its own. */
export function transactionsInside(block: DoStmt): boolean {
  const body = findOption(block.args, 'as')?.arg
  if (body === undefined || !('String' in body)) return false
  let previous = ''
  let candidate = false
  for (const token of tokens(body.String.sval ?? '')) {
    const word = token.text.toLowerCase()
    if (candidate && (word === ';' || word === 'and')) return true
    candidate = (word === 'commit' || word === 'rollback') && before.has(previous)
    previous = word
  }
  return false
}

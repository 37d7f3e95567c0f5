import type { DoStmt } from 'libpg-query'
import { findOption } from './nodes.js'
import { tokens } from './tokens.js'

const before = new Set([';', 'begin', 'then', 'else', 'loop', '>>'])

// As a statement of its own, or as the text of one that is made.
const leaves = /\bset_config\b|\btemp(orary)?\b|advisory_lock|(;|'|\b(begin|then|else|loop)\b)\s*set\s+(?!local\b)/i

/** Whether a DO block may set something for its session, or leave there what another session cannot have. When in doubt, true. */
export function leavesInSession(block: DoStmt): boolean {
  return leaves.test(bodyOf(block))
}

/** Whether the body of a DO block in PL/pgSQL ends transactions: `COMMIT;` or `ROLLBACK;` as a statement of its own. */
export function transactionsInside(block: DoStmt): boolean {
  let previous = ''
  let candidate = false
  for (const token of tokens(bodyOf(block))) {
    const word = token.text.toLowerCase()
    if (candidate && (word === ';' || word === 'and')) return true
    candidate = (word === 'commit' || word === 'rollback') && before.has(previous)
    previous = word
  }
  return false
}

function bodyOf(block: DoStmt): string {
  const body = findOption(block.args, 'as')?.arg
  return body !== undefined && 'String' in body ? (body.String.sval ?? '') : ''
}

import { type Token, tokensOf } from '../typeorm/source-tokens.js'
import { readExpression } from './expression.js'
import { type ModuleText, setValue } from './module-shapes.js'
import { splitAtCommas } from './object-text.js'
import type { TokenCursor } from './token-cursor.js'

/**
 * Reads an export of CommonJS, as people and compilers write it, and puts the cursor behind it.
 *
 * @returns how many of the words `exports` in the text it explains
 */
export function readCommonJs(cursor: TokenCursor, module: ModuleText): number {
  const [first, second, third] = [0, 1, 2].map((offset) => cursor.text(offset))
  if (first === 'exports' && second === '.') return readAssignment(cursor, module, 2)
  if (first === 'module' && third === 'exports') {
    if (cursor.text(3) === '.') return readAssignment(cursor, module, 4)
    return cursor.isAssignment(3) ? readWhole(cursor, module, 4) : 0
  }
  if (first === 'Object' && third === 'defineProperty') return readMark(cursor)
  if (first === '__exportStar' && cursor.peek(1)?.children?.[0]?.text === 'require') return exportStar(cursor, module)
  return 0
}

/** `exports.a = exports.b = …` */
function readAssignment(cursor: TokenCursor, module: ModuleText, offset: number): number {
  const names: string[] = []
  let at = offset
  for (;;) {
    const name = cursor.peek(at)
    if (name?.kind !== 'word' || !cursor.isAssignment(at + 1)) return 0
    names.push(name.text)
    if (cursor.text(at + 2) !== 'exports' || cursor.text(at + 3) !== '.' || !cursor.isAssignment(at + 5)) break
    at += 4
  }
  const { value, next } = cursor.expression(at + 2)
  // Compilers first set all to `void 0`.
  if (value.kind !== 'other') for (const name of names) setValue(module.exports, name, value)
  cursor.at = next
  return names.length
}

/** `module.exports = …`, its value at the offset: of an object that is no migration, each member is an export. */
export function readWhole(cursor: TokenCursor, module: ModuleText, offset: number): number {
  const group = cursor.peek(offset)
  const { value, next } = cursor.expression(offset)
  cursor.at = next
  if (value.kind === 'module') module.passesOn.push(value.from)
  else if (value.kind !== 'object' || value.object.hasUp || group === undefined)
    setValue(module.exports, 'default', value)
  else readMembers(cursor.source, module, group)
  return 1
}

function readMembers(source: string, module: ModuleText, group: Token): void {
  for (const member of splitAtCommas(tokensOf(source, group.start + 1, group.end - 1) ?? [])) {
    const [key, colon] = member
    if (key?.kind !== 'word') {
      module.mayExportMore = true
      continue
    }
    const rest = colon?.text === ':' ? member.slice(2) : [key]
    const { value } = readExpression(source, rest, 0)
    setValue(module.exports, key.text, value)
  }
}

/** `Object.defineProperty(exports, '__esModule', …)` */
function readMark(cursor: TokenCursor): number {
  const [target, , name] = cursor.peek(3)?.children ?? []
  cursor.at += 4
  return target?.text === 'exports' && name?.text === '__esModule' ? 1 : 0
}

/** `__exportStar(require('x'), exports)` */
function exportStar(cursor: TokenCursor, module: ModuleText): number {
  const group = cursor.peek(1)
  const inner = group && tokensOf(cursor.source, group.start + 1, group.end - 1)
  const from = inner?.[1]?.children?.[0]
  cursor.at += 2
  if (from?.kind !== 'string') return 0
  module.passesOn.push(from.text)
  return 1
}

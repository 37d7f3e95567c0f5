import type { Token } from '../typeorm/source-tokens.js'
import type { ModuleText } from './module-shapes.js'
import { namesIn, type TokenCursor } from './token-cursor.js'

/** Reads an import and puts the cursor behind it; one that is called (`import('x')`) stays where it is. */
export function readImport(cursor: TokenCursor, module: ModuleText): void {
  if (cursor.text(1) === '(' || cursor.text(1) === '.') return
  if (cursor.text(2) === '=') {
    importEquals(cursor, module)
    return
  }
  const from = findFrom(cursor, 1)
  if (from === undefined) return
  const specifier = cursor.tokens[from]?.text ?? ''
  const names = cursor.tokens.slice(cursor.at + 1, from).filter((token) => token.text !== 'from')
  const typesOnly = names[0]?.text === 'type' && names.length > 1 && names[1]?.text !== ','
  if (!typesOnly) take(names, specifier, module)
  endImport(from, cursor, module)
}

function take(names: readonly Token[], from: string, module: ModuleText): void {
  const [first, , third] = names
  if (first?.text === '*' && third !== undefined) module.imports.set(third.text, { from, name: '*' })
  else if (first?.text === '{') for (const [local, name] of namesIn(first)) module.imports.set(local, { from, name })
  else if (first?.kind === 'word') {
    module.imports.set(first.text, { from, name: 'default' })
    take(names.slice(2), from, module)
  }
}

/** `import x = require('y')` */
function importEquals(cursor: TokenCursor, module: ModuleText): void {
  const local = cursor.peek(1)
  const { value, next } = cursor.expression(3)
  cursor.at = next
  if (local === undefined || value.kind !== 'module') return
  module.imports.set(local.text, { from: value.from, name: '*' })
  module.lastImport = { end: cursor.tokens[next - 1]?.end ?? value.end, form: 'import' }
}

/** The index of the string that ends an import: `import x from 'y'`, `import 'y'`. */
function findFrom(cursor: TokenCursor, offset: number): number | undefined {
  for (let i = cursor.at + offset; i < cursor.tokens.length; i++) {
    const token = cursor.tokens[i]
    if (token?.kind === 'string') return i
    if (token?.text === ';' || token?.text === 'import') return undefined
  }
  return undefined
}

function endImport(last: number, cursor: TokenCursor, module: ModuleText): void {
  const semicolon = cursor.tokens[last + 1]?.text === ';' ? 1 : 0
  module.lastImport = { end: cursor.tokens[last + semicolon]?.end ?? 0, form: 'import' }
  cursor.at = last + semicolon + 1
}

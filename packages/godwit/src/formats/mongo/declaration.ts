import { type ModuleText, setValue } from './module-shapes.js'
import { namesIn, type TokenCursor } from './token-cursor.js'

/** Reads `const x: Type = …`, also `const { a, b } = require('y')`; the name stands at the offset. */
export function readDeclaration(cursor: TokenCursor, module: ModuleText, offset: number, exported: boolean): void {
  const name = cursor.peek(offset)
  if (name === undefined) return
  let at = offset + 1
  if (cursor.text(at) === ':') while (cursor.peek(at) && !cursor.isAssignment(at)) at++
  // What is taken apart, or gets its value later, is not followed.
  if (exported && (name.kind !== 'word' || !cursor.isAssignment(at))) module.mayExportMore = true
  if (!cursor.isAssignment(at)) return
  const { value, next } = cursor.expression(at + 1)
  cursor.at = next
  if (value.kind === 'module') {
    if (name.text === '{')
      for (const [local, imported] of namesIn(name, ':'))
        module.imports.set(local, { from: value.from, name: imported })
    else module.imports.set(name.text, { from: value.from, name: '*' })
    module.lastImport = { end: cursor.tokens[next - 1]?.end ?? value.end, form: 'require' }
  } else if (name.kind === 'word') setValue(module.values, name.text, value)
  if (exported && name.kind === 'word') setValue(module.exports, name.text, value)
}

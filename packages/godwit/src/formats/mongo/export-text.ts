import type { Token } from '../typeorm/source-tokens.js'
import { readWhole } from './common-js.js'
import { readDeclaration } from './declaration.js'
import { type ModuleText, setValue } from './module-shapes.js'
import { namesIn, type TokenCursor } from './token-cursor.js'

const typeWords = new Set(['interface', 'type', 'enum', 'declare', 'namespace'])
const functionWords = new Set(['function', 'async', 'class', 'abstract'])

/** Reads an export of an ES module or of TypeScript, and puts the cursor behind it. */
export function readExport(cursor: TokenCursor, module: ModuleText): void {
  const next = cursor.peek(1)
  if (next === undefined) return
  if (next.text === 'default') exportDefault(cursor, module)
  else if (next.text === '=') readWhole(cursor, module, 2)
  else if (next.text === '{') exportList(cursor, module, next)
  else if (next.text === '*') exportAll(cursor, module)
  else if (/^(?:const|let|var)$/.test(next.text) && cursor.text(2) !== 'enum') readDeclaration(cursor, module, 2, true)
  else if (typeWords.has(next.text) || functionWords.has(next.text)) cursor.at += 2
  else module.mayExportMore = true
}

function exportDefault(cursor: TokenCursor, module: ModuleText): void {
  const { value, next } = cursor.expression(2)
  setValue(module.exports, 'default', value)
  cursor.at = next
}

function exportList(cursor: TokenCursor, module: ModuleText, list: Token): void {
  const from = cursor.text(2) === 'from' ? cursor.peek(3) : undefined
  for (const [exported, local] of namesIn(list)) {
    const span = { start: list.start, end: list.end }
    if (from === undefined) module.exports.set(exported, { ...span, kind: 'name', name: local })
    else {
      const passed = `${from.text} ${local}`
      module.imports.set(passed, { from: from.text, name: local })
      module.exports.set(exported, { ...span, kind: 'name', name: passed })
    }
  }
  cursor.at += from === undefined ? 2 : 4
}

function exportAll(cursor: TokenCursor, module: ModuleText): void {
  const from = cursor.text(2) === 'from' ? cursor.peek(3) : undefined
  if (from?.kind === 'string') module.passesOn.push(from.text)
  cursor.at += from === undefined ? 2 : 4
}

import { tokensOf } from '../typeorm/source-tokens.js'
import { readCommonJs } from './common-js.js'
import { readDeclaration } from './declaration.js'
import { readExport } from './export-text.js'
import { readImport } from './import-text.js'
import type { ModuleText } from './module-shapes.js'
import { TokenCursor } from './token-cursor.js'

/**
 * Reads what a module's text tells of its imports, top-level values and exports, without running it (rule 22): ES
 * modules, TypeScript, and CommonJS as people and compilers write it. What it does not understand is left out, so that
 * a name that it does not know means "run it to know". `undefined`: the text cannot be cut into tokens.
 */
export function readModuleText(source: string): ModuleText | undefined {
  // A slash between a closing bracket and a blank divides; the tokens alone cannot tell it from a regular expression.
  const tokens = tokensOf(source) ?? tokensOf(source.replace(/\)(\s*)\/(?=\s)/g, ')$1*'))
  return tokens && readAll(new TokenCursor(source, tokens))
}

function readAll(cursor: TokenCursor): ModuleText {
  const module: ModuleText = {
    imports: new Map(),
    values: new Map(),
    exports: new Map(),
    passesOn: [],
    mayExportMore: false,
  }
  let explained = 0
  while (cursor.at < cursor.tokens.length) {
    const before = cursor.at
    explained += readStatement(cursor, module)
    if (cursor.at === before) cursor.at++
  }
  const isModule = cursor.tokens.some((token) => token.text === 'export' && token.kind === 'word')
  const words = isModule ? 0 : (cursor.source.match(/\bexports\b/g) ?? []).length
  if (words > explained) module.mayExportMore = true
  return module
}

/** @returns how many of the words `exports` in the text it explains */
function readStatement(cursor: TokenCursor, module: ModuleText): number {
  const token = cursor.peek()
  if (token?.kind !== 'word' || cursor.text(-1) === '.') return 0
  if (token.text === 'import') readImport(cursor, module)
  else if (token.text === 'export') readExport(cursor, module)
  else if (/^(?:const|let|var)$/.test(token.text)) readDeclaration(cursor, module, 1, false)
  else return readCommonJs(cursor, module)
  return 0
}

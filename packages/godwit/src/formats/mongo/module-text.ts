import { type Token, tokensOf } from '../typeorm/source-tokens.js'
import { readExpression } from './expression.js'
import { readImport } from './import-text.js'
import type { ModuleText, Value } from './module-shapes.js'
import { splitAtCommas } from './object-text.js'
import { namesIn, TokenCursor } from './token-cursor.js'

/**
 * Reads what a module's text tells of its imports, top-level values and exports, without running it (rule 22): ES
 * modules, TypeScript, and CommonJS as people and compilers write it. What it does not understand is left out, so that
 * a name that it does not know means "run it to know". `undefined`: the text cannot be cut into tokens.
 */
export function readModuleText(source: string): ModuleText | undefined {
  // A slash between a closing bracket and a blank divides; the tokens alone cannot tell it from a regular expression.
  const tokens = tokensOf(source) ?? tokensOf(source.replace(/\)(\s*)\/(?=\s)/g, ')$1*'))
  return tokens && new Reader(new TokenCursor(source, tokens)).read()
}

const typeWords = new Set(['interface', 'type', 'enum', 'declare', 'namespace'])
const functionWords = new Set(['function', 'async', 'class', 'abstract'])

class Reader {
  readonly #cursor: TokenCursor
  /** How many of the words `exports` in the text are understood. */
  #explained = 0
  readonly #module: ModuleText = {
    imports: new Map(),
    values: new Map(),
    exports: new Map(),
    passesOn: [],
    mayExportMore: false,
  }

  constructor(cursor: TokenCursor) {
    this.#cursor = cursor
  }

  read(): ModuleText {
    while (this.#cursor.at < this.#cursor.tokens.length) {
      const before = this.#cursor.at
      this.#statement()
      if (this.#cursor.at === before) this.#cursor.at++
    }
    const isModule = this.#cursor.tokens.some((token) => token.text === 'export' && token.kind === 'word')
    const words = isModule ? 0 : (this.#cursor.source.match(/\bexports\b/g) ?? []).length
    if (words > (isModule ? 0 : this.#explained)) this.#module.mayExportMore = true
    return this.#module
  }

  #statement(): void {
    const token = this.#cursor.peek()
    if (token?.kind !== 'word' || this.#cursor.text(-1) === '.') return
    if (token.text === 'import') readImport(this.#cursor, this.#module)
    else if (token.text === 'export') this.#export()
    else if (/^(?:const|let|var)$/.test(token.text)) this.#declaration(1, false)
    else if (token.text === 'exports' && this.#cursor.text(1) === '.') this.#assignment(2)
    else if (token.text === 'module' && this.#cursor.text(2) === 'exports') this.#moduleExports()
    else if (token.text === 'Object' && this.#cursor.text(2) === 'defineProperty') this.#defineProperty()
    else if (token.text === '__exportStar' && this.#cursor.peek(1)?.children?.[0]?.text === 'require')
      this.#exportStar()
  }

  #export(): void {
    const next = this.#cursor.peek(1)
    if (next === undefined) return
    if (next.text === 'default') this.#exportValue('default', 2)
    else if (next.text === '=') this.#whole(2)
    else if (next.text === '{') this.#exportList(next)
    else if (next.text === '*') this.#exportAll()
    else if (/^(?:const|let|var)$/.test(next.text) && this.#cursor.text(2) !== 'enum') this.#declaration(2, true)
    else if (typeWords.has(next.text) || functionWords.has(next.text)) this.#cursor.at += 2
    else this.#module.mayExportMore = true
  }

  #exportList(list: Token): void {
    const from = this.#cursor.text(2) === 'from' ? this.#cursor.peek(3) : undefined
    for (const [exported, local] of namesIn(list)) {
      const span = { start: list.start, end: list.end }
      if (from === undefined) this.#module.exports.set(exported, { ...span, kind: 'name', name: local })
      else {
        const passed = `${from.text} ${local}`
        this.#module.imports.set(passed, { from: from.text, name: local })
        this.#module.exports.set(exported, { ...span, kind: 'name', name: passed })
      }
    }
    this.#cursor.at += from === undefined ? 2 : 4
  }

  #exportAll(): void {
    const from = this.#cursor.text(2) === 'from' ? this.#cursor.peek(3) : undefined
    if (from?.kind === 'string') this.#module.passesOn.push(from.text)
    this.#cursor.at += from === undefined ? 2 : 4
  }

  #exportStar(): void {
    const group = this.#cursor.peek(1)
    const inner = group && tokensOf(this.#cursor.source, group.start + 1, group.end - 1)
    const from = inner?.[1]?.children?.[0]
    if (from?.kind === 'string') {
      this.#module.passesOn.push(from.text)
      this.#explained++
    }
    this.#cursor.at += 2
  }

  /** `Object.defineProperty(exports, '__esModule', …)` */
  #defineProperty(): void {
    const [target, , name] = this.#cursor.peek(3)?.children ?? []
    if (target?.text === 'exports' && name?.text === '__esModule') this.#explained++
    this.#cursor.at += 4
  }

  /** `const x: Type = …`, also `const { a, b } = require('y')`. */
  #declaration(offset: number, exported: boolean): void {
    const name = this.#cursor.peek(offset)
    if (name === undefined) return
    let at = offset + 1
    if (this.#cursor.text(at) === ':') while (this.#cursor.peek(at) && !this.#cursor.isAssignment(at)) at++
    // What is taken apart, or gets its value later, is not followed.
    if (exported && (name.kind !== 'word' || !this.#cursor.isAssignment(at))) this.#module.mayExportMore = true
    if (!this.#cursor.isAssignment(at)) return
    const { value, next } = this.#cursor.expression(at + 1)
    this.#cursor.at = next
    if (value.kind === 'module') {
      if (name.text === '{')
        for (const [local, imported] of namesIn(name, ':'))
          this.#module.imports.set(local, { from: value.from, name: imported })
      else this.#module.imports.set(name.text, { from: value.from, name: '*' })
      this.#endRequire(value, next)
    } else if (name.kind === 'word') this.#set(this.#module.values, name.text, value)
    if (exported && name.kind === 'word') this.#set(this.#module.exports, name.text, value)
  }

  #endRequire(value: Value, next: number): void {
    this.#module.lastImport = { end: this.#cursor.tokens[next - 1]?.end ?? value.end, form: 'require' }
  }

  #exportValue(name: string, offset: number): void {
    const { value, next } = this.#cursor.expression(offset)
    this.#set(this.#module.exports, name, value)
    this.#cursor.at = next
  }

  /** `exports.a = exports.b = …` */
  #assignment(offset: number): void {
    const names: string[] = []
    let at = offset
    for (;;) {
      const name = this.#cursor.peek(at)
      if (name?.kind !== 'word' || !this.#cursor.isAssignment(at + 1)) return
      names.push(name.text)
      if (
        this.#cursor.text(at + 2) !== 'exports' ||
        this.#cursor.text(at + 3) !== '.' ||
        !this.#cursor.isAssignment(at + 5)
      )
        break
      at += 4
    }
    const { value, next } = this.#cursor.expression(at + 2)
    // Compilers first set all to `void 0`.
    if (value.kind !== 'other') for (const name of names) this.#set(this.#module.exports, name, value)
    this.#explained += names.length
    this.#cursor.at = next
  }

  #moduleExports(): void {
    if (this.#cursor.text(3) === '.') this.#assignment(4)
    else if (this.#cursor.isAssignment(3)) this.#whole(4)
  }

  /** `module.exports = …`: of an object that is no migration, each member is an export. */
  #whole(offset: number): void {
    const group = this.#cursor.peek(offset)
    const { value, next } = this.#cursor.expression(offset)
    this.#cursor.at = next
    this.#explained++
    if (value.kind === 'module') this.#module.passesOn.push(value.from)
    else if (value.kind !== 'object' || value.object.hasUp || group === undefined) {
      this.#set(this.#module.exports, 'default', value)
    } else this.#members(group)
  }

  #members(group: Token): void {
    for (const member of splitAtCommas(tokensOf(this.#cursor.source, group.start + 1, group.end - 1) ?? [])) {
      const [key, colon] = member
      if (key?.kind !== 'word') {
        this.#module.mayExportMore = true
        continue
      }
      const rest = colon?.text === ':' ? member.slice(2) : [key]
      const { value } = readExpression(this.#cursor.source, rest, 0)
      this.#set(this.#module.exports, key.text, value)
    }
  }

  #set(into: Map<string, Value>, name: string, value: Value): void {
    into.set(name, into.has(name) ? { ...value, kind: 'unsure' } : value)
  }
}

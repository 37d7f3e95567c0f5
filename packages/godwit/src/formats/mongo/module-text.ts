import { type Token, tokensOf } from '../typeorm/source-tokens.js'
import { type Expression, readExpression } from './expression.js'
import type { Import, ModuleText, Value } from './module-shapes.js'
import { splitAtCommas } from './object-text.js'

/**
 * Reads what a module's text tells of its imports, top-level values and exports, without running it (rule 22): ES
 * modules, TypeScript, and CommonJS as people and compilers write it. What it does not understand is left out, so that
 * a name that it does not know means "run it to know". `undefined`: the text cannot be cut into tokens.
 */
export function readModuleText(source: string): ModuleText | undefined {
  // A slash between a closing bracket and a blank divides; the tokens alone cannot tell it from a regular expression.
  const tokens = tokensOf(source) ?? tokensOf(source.replace(/\)(\s*)\/(?=\s)/g, ')$1*'))
  return tokens && new Reader(source, tokens).read()
}

const typeWords = new Set(['interface', 'type', 'enum', 'declare', 'namespace'])
const functionWords = new Set(['function', 'async', 'class', 'abstract'])

class Reader {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #at = 0
  /** How many of the words `exports` in the text are understood. */
  #explained = 0
  readonly #module: ModuleText = {
    imports: new Map(),
    values: new Map(),
    exports: new Map(),
    passesOn: [],
    mayExportMore: false,
  }

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source
    this.#tokens = tokens
  }

  read(): ModuleText {
    while (this.#at < this.#tokens.length) {
      const before = this.#at
      this.#statement()
      if (this.#at === before) this.#at++
    }
    const isModule = this.#tokens.some((token) => token.text === 'export' && token.kind === 'word')
    const words = isModule ? 0 : (this.#source.match(/\bexports\b/g) ?? []).length
    this.#module.mayExportMore = words > (isModule ? 0 : this.#explained)
    return this.#module
  }

  #statement(): void {
    const token = this.#peek()
    if (token?.kind !== 'word' || this.#text(-1) === '.') return
    if (token.text === 'import') this.#import()
    else if (token.text === 'export') this.#export()
    else if (/^(?:const|let|var)$/.test(token.text)) this.#declaration(1, false)
    else if (token.text === 'exports' && this.#text(1) === '.') this.#assignment(2)
    else if (token.text === 'module' && this.#text(2) === 'exports') this.#moduleExports()
    else if (token.text === 'Object' && this.#text(2) === 'defineProperty') this.#defineProperty()
    else if (token.text === '__exportStar' && this.#peek(1)?.children?.[0]?.text === 'require') this.#exportStar()
  }

  #import(): void {
    if (this.#text(1) === '(' || this.#text(1) === '.') return
    if (this.#text(2) === '=') {
      this.#importEquals()
      return
    }
    const from = this.#findFrom(1)
    if (from === undefined) return
    const module = this.#tokens[from]?.text ?? ''
    const names = this.#tokens.slice(this.#at + 1, from).filter((token) => token.text !== 'from')
    const typesOnly = names[0]?.text === 'type' && names.length > 1 && names[1]?.text !== ','
    if (!typesOnly) this.#take(names, module)
    this.#endImport(from, 'import')
  }

  #take(names: readonly Token[], from: string): void {
    const [first, , third] = names
    if (first?.text === '*' && third !== undefined) this.#bind(third.text, { from, name: '*' })
    else if (first?.text === '{') for (const [local, name] of namesIn(first)) this.#bind(local, { from, name })
    else if (first?.kind === 'word') {
      this.#bind(first.text, { from, name: 'default' })
      this.#take(names.slice(2), from)
    }
  }

  /** `import x = require('y')` */
  #importEquals(): void {
    const local = this.#peek(1)
    const { value, next } = this.#expression(3)
    this.#at = next
    if (local === undefined || value.kind !== 'module') return
    this.#bind(local.text, { from: value.from, name: '*' })
    this.#module.lastImport = { end: this.#tokens[next - 1]?.end ?? value.end, form: 'import' }
  }

  #bind(local: string, imported: Import): void {
    this.#module.imports.set(local, imported)
  }

  /** The index of the string that ends an import: `import x from 'y'`, `import 'y'`. */
  #findFrom(offset: number): number | undefined {
    for (let i = this.#at + offset; i < this.#tokens.length; i++) {
      const token = this.#tokens[i]
      if (token?.kind === 'string') return i
      if (token?.text === ';' || token?.text === 'import') return undefined
    }
    return undefined
  }

  #endImport(last: number, form: 'import' | 'require'): void {
    const semicolon = this.#tokens[last + 1]?.text === ';' ? 1 : 0
    this.#module.lastImport = { end: this.#tokens[last + semicolon]?.end ?? 0, form }
    this.#at = last + semicolon + 1
  }

  #export(): void {
    const next = this.#peek(1)
    if (next === undefined) return
    if (next.text === 'default') this.#exportValue('default', 2)
    else if (next.text === '=') this.#whole(2)
    else if (next.text === '{') this.#exportList(next)
    else if (next.text === '*') this.#exportAll()
    else if (/^(?:const|let|var)$/.test(next.text) && this.#text(2) !== 'enum') this.#declaration(2, true)
    else if (typeWords.has(next.text) || functionWords.has(next.text)) this.#at += 2
  }

  #exportList(list: Token): void {
    const from = this.#text(2) === 'from' ? this.#peek(3) : undefined
    for (const [exported, local] of namesIn(list)) {
      const span = { start: list.start, end: list.end }
      if (from === undefined) this.#module.exports.set(exported, { ...span, kind: 'name', name: local })
      else {
        const passed = `${from.text} ${local}`
        this.#bind(passed, { from: from.text, name: local })
        this.#module.exports.set(exported, { ...span, kind: 'name', name: passed })
      }
    }
    this.#at += from === undefined ? 2 : 4
  }

  #exportAll(): void {
    const from = this.#text(2) === 'from' ? this.#peek(3) : undefined
    if (from?.kind === 'string') this.#module.passesOn.push(from.text)
    this.#at += from === undefined ? 2 : 4
  }

  #exportStar(): void {
    const group = this.#peek(1)
    const inner = group && tokensOf(this.#source, group.start + 1, group.end - 1)
    const from = inner?.[1]?.children?.[0]
    if (from?.kind === 'string') {
      this.#module.passesOn.push(from.text)
      this.#explained++
    }
    this.#at += 2
  }

  /** `Object.defineProperty(exports, '__esModule', …)` */
  #defineProperty(): void {
    const [target, , name] = this.#peek(3)?.children ?? []
    if (target?.text === 'exports' && name?.text === '__esModule') this.#explained++
    this.#at += 4
  }

  /** `const x: Type = …`, also `const { a, b } = require('y')`. */
  #declaration(offset: number, exported: boolean): void {
    const name = this.#peek(offset)
    if (name === undefined) return
    let at = offset + 1
    if (this.#text(at) === ':') while (this.#peek(at) && !this.#isAssignment(at)) at++
    if (!this.#isAssignment(at)) return
    const { value, next } = this.#expression(at + 1)
    this.#at = next
    if (value.kind === 'module') {
      if (name.text === '{')
        for (const [local, imported] of namesIn(name, ':')) this.#bind(local, { from: value.from, name: imported })
      else this.#bind(name.text, { from: value.from, name: '*' })
      this.#endRequire(value, next)
    } else if (name.kind === 'word') this.#set(this.#module.values, name.text, value)
    if (exported && name.kind === 'word') this.#set(this.#module.exports, name.text, value)
  }

  #endRequire(value: Value, next: number): void {
    this.#module.lastImport = { end: this.#tokens[next - 1]?.end ?? value.end, form: 'require' }
  }

  #exportValue(name: string, offset: number): void {
    const { value, next } = this.#expression(offset)
    this.#set(this.#module.exports, name, value)
    this.#at = next
  }

  /** `exports.a = exports.b = …` */
  #assignment(offset: number): void {
    const names: string[] = []
    let at = offset
    for (;;) {
      const name = this.#peek(at)
      if (name?.kind !== 'word' || !this.#isAssignment(at + 1)) return
      names.push(name.text)
      if (this.#text(at + 2) !== 'exports' || this.#text(at + 3) !== '.' || !this.#isAssignment(at + 5)) break
      at += 4
    }
    const { value, next } = this.#expression(at + 2)
    // Compilers first set all to `void 0`.
    if (value.kind !== 'other') for (const name of names) this.#set(this.#module.exports, name, value)
    this.#explained += names.length
    this.#at = next
  }

  #moduleExports(): void {
    if (this.#text(3) === '.') this.#assignment(4)
    else if (this.#isAssignment(3)) this.#whole(4)
  }

  /** `module.exports = …`: of an object that is no migration, each member is an export. */
  #whole(offset: number): void {
    const group = this.#peek(offset)
    const { value, next } = this.#expression(offset)
    this.#at = next
    this.#explained++
    if (value.kind === 'module') this.#module.passesOn.push(value.from)
    else if (value.kind !== 'object' || value.object.hasUp || group === undefined) {
      this.#set(this.#module.exports, 'default', value)
    } else this.#members(group)
  }

  #members(group: Token): void {
    for (const member of splitAtCommas(tokensOf(this.#source, group.start + 1, group.end - 1) ?? [])) {
      const [key, colon] = member
      if (key?.kind !== 'word') continue
      const rest = colon?.text === ':' ? member.slice(2) : [key]
      const { value } = readExpression(this.#source, rest, 0)
      this.#set(this.#module.exports, key.text, value)
    }
  }

  #set(into: Map<string, Value>, name: string, value: Value): void {
    into.set(name, into.has(name) ? { ...value, kind: 'unsure' } : value)
  }

  #expression(offset: number): Expression {
    return readExpression(this.#source, this.#tokens, this.#at + offset)
  }

  /** `=` alone, not `=>` or `==`. */
  #isAssignment(offset: number): boolean {
    const token = this.#peek(offset)
    const next = this.#peek(offset + 1)
    return token?.text === '=' && !(next?.start === token.end && /^[=>]$/.test(next.text))
  }

  #text(offset: number): string | undefined {
    return this.#peek(offset)?.text
  }

  #peek(offset = 0): Token | undefined {
    return this.#tokens[this.#at + offset]
  }
}

/** `{ a, b as c, type D }` → what stands on the right, and on the left of `as`: [c, b]. */
function namesIn(list: Token, word = 'as'): [string, string][] {
  return splitAtCommas(list.children ?? []).flatMap((tokens): [string, string][] => {
    const words = tokens[0]?.text === 'type' && tokens.length > 1 && tokens[1]?.text !== word ? [] : tokens
    const [name, between, alias] = words
    if (name === undefined) return []
    return [[between?.text === word && alias !== undefined ? alias.text : name.text, name.text]]
  })
}

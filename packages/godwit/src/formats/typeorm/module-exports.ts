import { type ClassText, type MigrationClass, readMigrationClass } from './migration-class.js'
import { type Token, tokensOf } from './source-tokens.js'

/** What a file's text tells of the migrations it exports. */
export interface StaticModule {
  migrations: MigrationClass[]
  /** Relative modules whose exports it passes on. */
  passesOn: string[]
}

/**
 * Finds the migration classes that a TypeScript or compiled JavaScript text exports, without running it (rule 22). It
 * knows ES modules, TypeScript's CommonJS output and hand-written CommonJS; `undefined`: something else is there, and
 * the file has to be imported to know.
 */
export function readModule(source: string): StaticModule | undefined {
  const tokens = tokensOf(source)
  return tokens && new ModuleReader(source, tokens).read()
}

class Unsure extends Error {}

class ModuleReader {
  private readonly source: string
  private readonly tokens: Token[]
  /** How many of the words `exports` in the text are not explained yet; `undefined`: it is an ES module. */
  private exportsWords: number | undefined
  private at = 0
  private readonly classes = new Map<string, ClassText>()
  private readonly exported = new Set<string>()
  private readonly passesOn: string[] = []
  private readonly rest: Token[] = []

  constructor(source: string, tokens: Token[]) {
    this.source = source
    this.tokens = tokens
    const isModule = tokens.some((token) => token.text === 'export' && token.kind === 'word')
    this.exportsWords = isModule ? undefined : source.split('exports').length - 1
  }

  read(): StaticModule | undefined {
    try {
      while (this.at < this.tokens.length) this.statement()
      return this.result()
    } catch (error) {
      if (error instanceof Unsure) return undefined
      throw error
    }
  }

  private statement(): void {
    const token = this.peek()
    const word = token?.kind === 'word' && this.peek(-1)?.text !== '.' ? token.text : undefined
    const ofModule = word === 'module' && this.peek(1)?.text === '.' && this.peek(2)?.text === 'exports'
    if (word === 'class') this.class(false)
    else if (word === 'export') this.export()
    else if (word === 'exports') this.assignment(1)
    else if (ofModule && this.peek(3)?.text === '=') this.wholeExports()
    else if (ofModule) this.assignment(3)
    else if (word === 'Object' && this.peek(2)?.text === 'defineProperty') this.defineProperty()
    else if (word === '_export' && this.peek(1)?.text === '(') this.exportAll()
    else {
      if (token) this.rest.push(token)
      this.at++
    }
  }

  /** Reads a class from the word `class` on and gives its name. */
  private class(abstract: boolean): string {
    const start = this.peek()?.start ?? 0
    const name = this.peek(1)
    if (name?.kind !== 'word' || name.text === 'extends' || name.text === 'implements') throw new Unsure()
    let body = this.at + 2
    while (this.tokens[body] && this.tokens[body]?.text !== '{') body++
    const bodyToken = this.tokens[body]
    if (!bodyToken) throw new Unsure()
    const header = this.tokens.slice(this.at + 2, body)
    const opaque = header.some((token) => token.text === 'extends' || token.text === '<' || token.kind === 'group')
    this.classes.set(name.text, { className: name.text, opaque, abstract, body: bodyToken, start, end: bodyToken.end })
    this.at = body + 1
    return name.text
  }

  private export(): void {
    const next = this.peek(1)
    if (next?.text === '{') this.exportList(next)
    else if (next?.text === '*') this.passOn(this.peek(2)?.text === 'as' ? 4 : 2)
    else if (next?.text === 'default') this.exportDefault()
    else if (next?.text === 'class' || next?.text === 'abstract') this.exportClass(1)
    else if (next?.text === 'const' && this.peek(2)?.text !== 'enum') this.exportConst()
    else this.exportHarmless(next)
  }

  private exportDefault(): void {
    const value = this.peek(2)
    if (value?.text === 'class' || value?.text === 'abstract') this.exportClass(2)
    else if (value?.kind === 'word' && this.endsAt(3)) {
      this.exported.add(value.text)
      this.at += 3
    } else throw new Unsure()
  }

  /** Types leave nothing behind at run time, and a function is no migration. */
  private exportHarmless(next: Token | undefined): void {
    const harmless = ['interface', 'type', 'enum', 'const', 'function', 'async', 'declare']
    if (next?.kind !== 'word' || !harmless.includes(next.text)) throw new Unsure()
    this.at += next.text === 'type' && this.peek(2)?.text === '{' ? 3 : 2
  }

  private exportClass(offset: number): void {
    const abstract = this.peek(offset)?.text === 'abstract'
    this.at += offset + (abstract ? 1 : 0)
    if (this.peek()?.text !== 'class') throw new Unsure()
    this.exported.add(this.class(abstract))
  }

  private exportList(list: Token): void {
    if (this.peek(2)?.text === 'from') {
      this.passOn(2)
      return
    }
    for (const item of this.source.slice(list.start + 1, list.end - 1).split(',')) {
      const words = item.trim().split(/\s+/)
      if (item.trim() === '' || (words[0] === 'type' && words.length > 1)) continue
      if (!/^[\w$\u0080-\uffff]+$/.test(words[0] ?? '')) throw new Unsure()
      this.exported.add(words[0] ?? '')
    }
    this.at += 2
  }

  private passOn(offset: number): void {
    const module = this.peek(offset + 1)
    if (this.peek(offset)?.text !== 'from' || module?.kind !== 'string') throw new Unsure()
    this.passesOn.push(module.text)
    this.at += offset + 2
  }

  /** `export const x = <plain value>`; anything else may be a class or hold one. */
  private exportConst(): void {
    let at = 3
    if (this.peek(at)?.text === ':') while (this.peek(at) && this.peek(at)?.text !== '=') at++
    const value = this.peek(at + 1)
    const plain = value?.kind === 'string' || value?.kind === 'number' || value?.kind === 'template'
    if (this.peek(at)?.text !== '=' || !plain || !this.endsAt(at + 2)) throw new Unsure()
    this.at += at + 2
  }

  /** `exports.X = …`, where `dot` is the offset of the dot. */
  private assignment(dot: number): void {
    this.explain()
    if (this.peek(dot)?.text !== '.' || this.peek(dot + 1)?.kind !== 'word' || this.peek(dot + 2)?.text !== '=') {
      throw new Unsure()
    }
    this.value(dot + 3)
  }

  private value(offset: number): void {
    const value = this.peek(offset)
    if (value?.text === 'class') {
      this.at += offset
      this.exported.add(this.class(false))
    } else if (value?.text === 'exports' || value?.text === 'module') {
      this.at += offset
    } else if (value?.text === 'void' || value?.kind === 'string') {
      this.at += offset + 1
    } else if (value?.kind === 'word' && this.endsAt(offset + 1)) {
      this.exported.add(value.text)
      this.at += offset + 1
    } else throw new Unsure()
  }

  /** `module.exports = …` */
  private wholeExports(): void {
    this.explain()
    const value = this.peek(4)
    if (value?.text !== '{') {
      this.value(4)
      return
    }
    if (!this.endsAt(5)) throw new Unsure()
    for (const item of this.source.slice(value.start + 1, value.end - 1).split(',')) {
      if (item.trim() === '') continue
      const match = /^(?:[\w$\u0080-\uffff]+\s*:\s*)?([\w$\u0080-\uffff]+)$/.exec(item.trim())
      if (!match?.[1]) throw new Unsure()
      this.exported.add(match[1])
    }
    this.at += 5
  }

  /** `Object.defineProperty(exports, "X", …)`, as compilers write `__esModule` and getters. */
  private defineProperty(): void {
    const group = this.peek(3)
    const text = group ? this.source.slice(group.start, group.end) : ''
    if (!text.includes('exports')) {
      this.rest.push(...this.tokens.slice(this.at, this.at + 4))
    } else if (/^\(\s*exports\s*,\s*(["'])__esModule\1/.test(text)) {
      this.explain()
    } else {
      const getter =
        /^\(\s*exports,\s*(["'])[\w$]+\1,\s*\{\s*enumerable:\s*true,\s*get:\s*function\s*\(\)\s*\{\s*return ([\w$]+);?\s*\}\s*\}\s*\)$/
      const local = getter.exec(text)?.[2]
      if (local === undefined) throw new Unsure()
      this.explain()
      this.exported.add(local)
    }
    this.at += 4
  }

  /** `_export(exports, { get X () { return X; } })`, as swc writes several exports. */
  private exportAll(): void {
    const group = this.peek(1)
    const text = group ? this.source.slice(group.start, group.end) : ''
    if (text.includes('exports')) {
      const getter = /(?:get [\w$]+\s*\(\)|[\w$]+:\s*function\s*\(\))\s*\{\s*return ([\w$]+);?\s*\}/g
      if (!/^\(exports,\{[,]*\}\)$/.test(text.replace(getter, '').replace(/\s+/g, ''))) throw new Unsure()
      for (const [, local] of text.matchAll(getter)) this.exported.add(local ?? '')
      this.explain()
    }
    this.at += 2
  }

  private result(): StaticModule {
    // An `exports` that none of the known forms explains may export anything.
    if (this.exportsWords) throw new Unsure()
    const migrations: MigrationClass[] = []
    for (const name of this.exported) {
      const text = this.classes.get(name)
      if (!text) {
        if (this.mayHoldClass(name)) throw new Unsure()
        continue
      }
      if (this.isTouched(name)) throw new Unsure()
      const read = readMigrationClass(this.source, text)
      if (read === 'unsure') throw new Unsure()
      if (read !== 'other') migrations.push(read)
    }
    migrations.sort((a, b) => a.start - b.start)
    return { migrations, passesOn: this.passesOn }
  }

  /** Whether an exported name that is no class here may still stand for one. */
  private mayHoldClass(name: string): boolean {
    const at = this.rest.findIndex((token) => token.text === name)
    const before = this.rest[at - 1]?.text
    return at < 0 || (before !== 'interface' && before !== 'type' && before !== 'enum')
  }

  /** Whether the class is used outside of its own text, where it may be changed. */
  private isTouched(name: string): boolean {
    return this.rest.some((token) =>
      token.kind === 'group' ? this.source.slice(token.start, token.end).includes(name) : token.text === name,
    )
  }

  /** An `exports` was read in a form that is known. */
  private explain(): void {
    if (this.exportsWords === undefined) throw new Unsure()
    this.exportsWords--
  }

  /** Whether a statement ends before the token at `offset`. */
  private endsAt(offset: number): boolean {
    const token = this.peek(offset)
    return token === undefined || token.text === ';' || token.newLine
  }

  private peek(offset = 0): Token | undefined {
    return this.tokens[this.at + offset]
  }
}

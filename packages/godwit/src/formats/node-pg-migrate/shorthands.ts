import type { MigrationFile } from '../../engine/migration.js'

/** Column shorthands, as a migration file exports them. Their values are node-pg-migrate's business. */
export type Shorthands = Readonly<Record<string, unknown>>

const nothing =
  /\b(?:export\s+(?:const|let|var)\s+shorthands\b[^=;\n]*|(?:module\.)?exports\.shorthands\s*)=\s*(?:undefined|void 0|null|\{\s*\})\s*(?:;|$)/gm

const otherWays =
  /\bexport\s*\*|\b__export|\bexports\s*=\s*(?!\{)|\bexports\s*=\s*\{[^}]*\.\.\.|\bassign\(\s*(?:module\.)?exports/

/**
 * Tells from a file's text whether it may export shorthands. The empty ones that templates leave behind count as none,
 * so that of a thousand applied migrations only the few that matter are imported.
 */
export function mayGiveShorthands(text: string): boolean {
  if (otherWays.test(text)) return true
  return text.includes('shorthands') && /\bshorthands\b/.test(withoutComments(text).replace(nothing, ''))
}

// Roughly: at worst a comment in a string keeps or takes a word, and the words of interest are not written in strings.
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

/**
 * Gathers shorthands as node-pg-migrate does: those of a migration and of every file before it, applied or not, a later
 * one overriding an earlier one of the same name.
 */
export class GatheredShorthands {
  readonly #giving: readonly MigrationFile[]
  readonly #load: (file: MigrationFile) => Promise<Shorthands>
  readonly #known: Promise<Shorthands>[] = []

  /**
   * @param giving the files that may export shorthands, in order
   * @param load imports one and gives what it exports as `shorthands`
   */
  constructor(giving: readonly MigrationFile[], load: (file: MigrationFile) => Promise<Shorthands>) {
    this.#giving = giving
    this.#load = load
  }

  /** What a migration may use. */
  async upTo(file: MigrationFile): Promise<Shorthands> {
    const count = this.#giving.filter((other) => other.sortKey <= file.sortKey).length
    while (this.#known.length < count) this.#known.push(this.#next(this.#known.length))
    return count === 0 ? {} : ((await this.#known[count - 1]) ?? {})
  }

  async #next(index: number): Promise<Shorthands> {
    const file = this.#giving[index]
    const before = index === 0 ? {} : await this.#known[index - 1]
    return file === undefined ? { ...before } : { ...before, ...(await this.#load(file)) }
  }
}

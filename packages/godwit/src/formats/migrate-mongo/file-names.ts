import { extname } from 'node:path'

const moduleEndings = ['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts']

/** The identity of migrations: a file's name without its ending, so that a build does not change it. */
export class FileNames {
  readonly #ending: string
  readonly #known: readonly string[]

  /** @param ending the one that migrate-mongo's config names */
  constructor(ending: string) {
    this.#ending = ending
    this.#known = [...new Set([ending, ...moduleEndings])]
  }

  nameOf(fileName: string): string {
    const ending = extname(fileName)
    return this.#known.includes(ending) ? fileName.slice(0, -ending.length) : fileName
  }

  /** What the history may call a migration. */
  all(name: string): string[] {
    const names = this.#known.map((ending) => name + ending)
    return this.nameOf(name) === name ? [...names, name] : names
  }

  /** The name of a migration whose file is gone. */
  usual(name: string): string {
    return name + this.#ending
  }

  /** It has the ending that migrate-mongo looks for. */
  isUsual(fileName: string): boolean {
    return extname(fileName) === this.#ending
  }

  /**
   * The migrations among the names of a folder's files. Those with the config's ending are, as for migrate-mongo; one
   * with another ending is where it begins with a time and the other is not there: a build leaves `.js` for `.ts`.
   */
  migrationsAmong(fileNames: readonly string[]): string[] {
    const candidates = fileNames.filter((name) => !/^\.|^sample-migration\.[^.]*$|\.d\.[cm]?ts$/.test(name))
    const usual = candidates.filter((name) => this.isUsual(name))
    const taken = new Set(usual.map((name) => this.nameOf(name)))
    const others = candidates.filter(
      (name) =>
        !this.isUsual(name) &&
        moduleEndings.includes(extname(name)) &&
        /^\d{14}(?!\d)/.test(name) &&
        !taken.has(this.nameOf(name)),
    )
    return [...usual, ...others]
  }
}

/** The order of migrate-mongo, which sorts names with their endings: `a-b` comes before `a`. */
export function sortKeyOf(name: string): string {
  return `${name}.`
}

import type { HashFunctions, HashToken } from './hash.js'
import { projectHash } from './hash-functions.js'

/** Makes the hashes of one seed, and keeps what is secret about it out of what people read. */
export class Hasher {
  readonly #projectDir: string
  readonly #byRounds = new Map<number | undefined, Promise<HashFunctions>>()
  /** Of the rows at work. */
  readonly #secrets = new Set<string>()

  constructor(projectDir: string) {
    this.#projectDir = projectDir
  }

  /** The rows that came before are done: nothing is said of them any more. */
  forget(): void {
    this.#secrets.clear()
  }

  /**
   * The value for a row: the one that is there when it fits the password, else a new one.
   *
   * @param there what the row has now; absent: it is not there
   */
  async valueOf(token: HashToken, there: unknown): Promise<string> {
    const { plain, options } = token
    this.#secrets.add(plain)
    const { hash } = await this.#functionsOf(token)
    if (await this.fits(token, there)) return there as string
    const value = options.byHook ? plain : await hash(plain)
    this.#secrets.add(value)
    return value
  }

  /** Whether a value is a hash of the password. */
  async fits(token: HashToken, there: unknown): Promise<boolean> {
    if (typeof there !== 'string' || there === '') return false
    const { verify } = await this.#functionsOf(token)
    try {
      return await verify(token.plain, there)
    } catch {
      // Not a hash of this library's at all.
      return false
    }
  }

  /** Takes the passwords and hashes of the rows at work out of an error, of its causes, and of what the server said. */
  clean(error: unknown): void {
    const seen = new Set<unknown>()
    const clean = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return
      seen.add(value)
      for (const name of Object.getOwnPropertyNames(value)) {
        const held: unknown = Reflect.get(value, name)
        if (typeof held === 'string') Reflect.set(value, name, this.#masked(held))
        else clean(held)
      }
    }
    if (this.#secrets.size > 0) clean(error)
  }

  #masked(text: string): string {
    let masked = text
    // A password that is part of another word is left: taking it out would tell it.
    for (const secret of this.#secrets) {
      const pattern = secret.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      masked = masked.replace(new RegExp(`(?<![\\w@])${pattern}(?![\\w@])`, 'g'), '[hash]')
    }
    return masked
  }

  #functionsOf({ options }: HashToken): Promise<HashFunctions> {
    if (options.with !== undefined) return Promise.resolve(options.with)
    const known = this.#byRounds.get(options.rounds) ?? projectHash(this.#projectDir, options.rounds)
    this.#byRounds.set(options.rounds, known)
    return known
  }
}

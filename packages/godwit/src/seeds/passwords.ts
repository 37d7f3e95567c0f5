import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SeedBatch, SeedRow } from '../databases/seeding.js'
import { GodwitError } from '../errors.js'
import type { RowsOf } from './batches.js'
import { hashToken } from './hash.js'
import type { LoadedSeed } from './load.js'

/** What is tried first by whoever wants to get in. */
const GUESSED = new Set(
  `admin admin1 admin12 admin123 admin1234 admin@123 administrator changeme default demo demo123 demo@123 guest letmein
  pass pass123 passw0rd password password1 password123 password@123 p@ssw0rd p@ssword123 qwerty root secret supervisor
  supervisor123 supervisor@123 test test123 test@123 toor user user123 welcome welcome1 123456 1234567 12345678 123456789
  1234567890`.split(/\s+/),
)
const PASSWORD_FIELD = /^(?:.*[a-z_])?pass(?:word|wd|phrase)?$/i
const HASHED = /^\$(?:2[abxy]?|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*|[156])\$/
const LITERAL_HASH = /(?<![.\w])hash\s*\(\s*(['"`])((?:\\.|(?!\1|\$\{|\\).)+)\1/
const LITERAL_PASSWORD = /\bpass(?:word|wd|phrase)?['"]?\s*[:=]\s*(['"`])((?:\\.|(?!\1|\$\{|\\).)+)\1/gi

/** Refuses passwords on production that stand in the seed's file, or that everybody guesses. Elsewhere it lets all pass. */
export class PasswordGuard {
  readonly #of: Pick<RowsOf, 'name' | 'file'>
  readonly #text: string | undefined

  /** @param environment which one the seed runs for */
  constructor(seed: Pick<LoadedSeed, 'name' | 'file'>, environment: string, projectDir: string) {
    this.#of = seed
    this.#text = environment === 'production' ? readFileSync(resolve(projectDir, seed.file), 'utf8') : undefined
  }

  /** What can be told before anything runs: the file's text, and rows that are a list. @throws GODWIT_SEED_PASSWORD */
  beforehand(seed: LoadedSeed): void {
    if (this.#text === undefined) return
    const literals = [...this.#text.matchAll(LITERAL_PASSWORD)].filter(([, , plain]) => isPlain(plain))
    if (LITERAL_HASH.test(this.#text) || literals.length > 0) throw this.#refused(undefined, undefined, 'literal')
    if ('rows' in seed && Array.isArray(seed.rows)) this.#checkAll({ first: 0, rows: seed.rows })
  }

  /** The rows as they are. @throws GODWIT_SEED_PASSWORD */
  async *watched(batches: AsyncIterable<SeedBatch>): AsyncIterable<SeedBatch> {
    for await (const batch of batches) {
      this.#checkAll(batch)
      yield batch
    }
  }

  #checkAll({ first, rows }: SeedBatch): void {
    if (this.#text === undefined) return
    for (const [i, row] of rows.entries()) for (const field in row) this.#check(row, field, first + i + 1)
  }

  #check(row: SeedRow, field: string, number: number): void {
    const value = row[field]
    const plain = hashToken(value)?.plain ?? (PASSWORD_FIELD.test(field) && isPlain(value) ? value : undefined)
    if (plain === undefined) return
    if (GUESSED.has(plain.toLowerCase())) throw this.#refused(number, field, 'guessed')
    const quoted = [`'${plain}'`, `"${plain}"`, `\`${plain}\``]
    if (quoted.some((text) => this.#text?.includes(text))) throw this.#refused(number, field, 'literal')
  }

  #refused(row: number | undefined, field: string | undefined, why: 'literal' | 'guessed'): GodwitError {
    const { name, file } = this.#of
    return new GodwitError('GODWIT_SEED_PASSWORD', { seed: name, row, field, why }, { file })
  }
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !HASHED.test(value)
}

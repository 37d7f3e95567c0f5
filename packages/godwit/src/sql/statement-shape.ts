/**
 * Follows the words of one statement as far as splitting needs them: whether a `;` belongs to the body of an SQL-standard
 * routine (`BEGIN ATOMIC … END`), and whether data follows (`COPY … FROM stdin`).
 */
export class StatementShape {
  /** False once nothing in the statement can matter any more. */
  watching = true
  copyFromStdin = false
  #kind: 'unknown' | 'create' | 'routine' | 'copy' = 'unknown'
  #previous = ''
  #blocks = 0

  /** Inside a body a semicolon ends nothing. */
  get insideBody(): boolean {
    return this.#blocks > 0
  }

  /**
   * @param raw the word as written
   * @param depth how many parentheses are open around it
   */
  word(raw: string, depth: number): void {
    const word = raw.toLowerCase()
    if (this.#kind === 'unknown') this.#first(word)
    else if (this.#kind === 'create') this.#afterCreate(word)
    else if (depth === 0) this.#within(word)
    this.#previous = word
  }

  /** Any token that is not a word; a dot makes the next word a name. */
  symbol(dot: boolean): void {
    if (this.#kind === 'unknown' || this.#kind === 'create') this.watching = false
    this.#previous = dot ? '.' : ''
  }

  #first(word: string): void {
    if (word === 'create') this.#kind = 'create'
    else if (word === 'copy') this.#kind = 'copy'
    else this.watching = false
  }

  #afterCreate(word: string): void {
    if (word === 'function' || word === 'procedure') this.#kind = 'routine'
    else if (word !== 'or' && word !== 'replace') this.watching = false
  }

  #within(word: string): void {
    const previous = this.#previous
    if (this.#kind === 'copy') {
      // PostgreSQL's grammar reads FROM STDOUT as FROM STDIN
      if (previous === 'from' && (word === 'stdin' || word === 'stdout')) this.copyFromStdin = true
      return
    }
    if (word === 'atomic' && previous === 'begin' && this.#blocks === 0) this.#blocks = 1
    else if (this.#blocks > 0 && previous !== '.' && previous !== 'as') {
      if (word === 'case') this.#blocks++
      else if (word === 'end') this.#blocks--
    }
  }
}

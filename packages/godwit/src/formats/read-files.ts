/** Above this many bytes in all, files are read again. */
const KEPT_BYTES = 4 * 1024 * 1024

/** What was read of small files to list them: what will run is not read a second time, and is what its hash was made of. */
export class ReadFiles {
  readonly #contents = new Map<string, Buffer>()
  #bytes = 0

  /** @param content a copy of it is kept */
  keep(path: string, content: Buffer): void {
    this.#bytes += content.length
    if (this.#bytes <= KEPT_BYTES) this.#contents.set(path, Buffer.from(content))
  }

  contentOf(path: string): Buffer | undefined {
    return this.#contents.get(path)
  }
}

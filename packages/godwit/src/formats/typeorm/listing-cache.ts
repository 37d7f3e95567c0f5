import { cacheIn, readCached, writeCached } from '../../loading/cache-folder.js'
import { version } from '../../project/version.js'

/** A migration in a file of a known content: its name, whether it has a way back, its hash. */
export type CachedMigration = [name: string, reversible: boolean, hash: string]

/** What the text of a file of a known content tells; `null`: nothing for sure. */
export type CachedText = CachedMigration[] | null

// Goes up when the reading of texts changes.
const revision = 1

/**
 * Remembers what texts tell, by their content (rule 22): a run with nothing to do then reads and hashes the files and
 * does not even cut them into tokens. Without a folder that can be written it remembers nothing.
 */
export class ListingCache {
  private readonly file = `typeorm-listing-${version}-${revision}.json`
  private readonly known: ReadonlyMap<string, CachedText>
  private readonly used = new Map<string, CachedText>()
  private changed = false

  constructor(projectDir: string) {
    cacheIn(projectDir)
    this.known = new Map(Object.entries(parse(readCached(this.file))))
  }

  /** `undefined`: this content was not seen before. */
  get(hash: string): CachedText | undefined {
    const text = this.known.get(hash)
    if (text !== undefined) this.used.set(hash, text)
    return text
  }

  set(hash: string, text: CachedText): void {
    this.used.set(hash, text)
    this.changed = true
  }

  /** Keeps what this listing used, if there is anything new in it. */
  save(): void {
    if (this.changed) writeCached(this.file, JSON.stringify(Object.fromEntries(this.used)))
  }
}

function parse(content: string | undefined): Record<string, CachedText> {
  try {
    return JSON.parse(content ?? '{}') as Record<string, CachedText>
  } catch {
    return {}
  }
}

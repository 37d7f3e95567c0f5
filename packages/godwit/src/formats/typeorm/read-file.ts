import { contentHash } from '../files.js'
import type { CachedMigration, CachedText, ListingCache } from './listing-cache.js'
import { readModule } from './module-exports.js'

/** Language of a module's text. */
export type Kind = 'ts' | 'js'

/** A migration that a file's text, or running the file, showed. */
export interface FoundMigration {
  name: string
  file: string
  kind: Kind
  hash: string
  reversible: boolean
}

/** What the text of a file tells. */
export interface ReadFile {
  path: string
  kind: Kind
  hash: string
  found: FoundMigration[] | 'unsure'
  passesOn: string[]
}

/** The kind of a module's text, by its ending. */
export function kindOf(path: string): Kind {
  return /\.[cm]?ts$/.test(path) ? 'ts' : 'js'
}

/** Finds the migrations in one file's text. */
export function foundIn(content: Buffer, path: string, cache?: ListingCache): ReadFile {
  const kind = kindOf(path)
  const hash = contentHash(content, kind)
  const cached = cache?.get(hash)
  const read = cached === undefined ? readText(content.toString(), kind, hash) : { cached, passesOn: [] }
  // What a file passes on depends on other files too.
  if (cached === undefined && read.passesOn.length === 0) cache?.set(hash, read.cached)
  const found = read.cached?.map(([name, reversible, own]) => ({ name, file: path, kind, hash: own, reversible }))
  return { path, kind, hash, found: found ?? 'unsure', passesOn: read.passesOn }
}

function readText(text: string, kind: Kind, hash: string): { cached: CachedText; passesOn: string[] } {
  const read = readModule(text)
  if (!read) return { cached: null, passesOn: [] }
  const { migrations, passesOn } = read
  const cached = migrations.map(({ name, hasDown, start, end }): CachedMigration => {
    // With several in one file each is hashed by itself: adding another is no edit of the first.
    const own = migrations.length === 1 ? hash : contentHash(Buffer.from(text.slice(start, end)), kind)
    return [name, hasDown, own]
  })
  return { cached, passesOn }
}

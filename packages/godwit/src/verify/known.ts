import { digest, readCached, writeCached } from '../loading/cache-folder.js'
import { version } from '../project/version.js'
import type { VerifiedMigration } from './report.js'

/** What is kept of a verdict. */
export type KnownVerdict = Pick<VerifiedMigration, 'verdict' | 'down' | 'reasons' | 'notes'>

// Goes up when the judging changes.
const REVISION = 2
/** Older ones are of contents that are gone. */
const MOST = 2_000

/** Verdicts by the content of a migration, both ways, and of all before it. Without a folder that can be written nothing is remembered. */
export class KnownVerdicts {
  readonly #file = `verified-${version}-${REVISION}.json`
  readonly #known: Map<string, KnownVerdict>

  constructor() {
    this.#known = new Map(Object.entries(parse(readCached(this.#file))))
  }

  get(key: string): KnownVerdict | undefined {
    return this.#known.get(key)
  }

  /** Kept at once: a run that is stopped has not worked in vain. */
  set(key: string, verdict: KnownVerdict): void {
    this.#known.delete(key)
    this.#known.set(key, verdict)
    const kept = [...this.#known].slice(-MOST)
    writeCached(this.#file, JSON.stringify(Object.fromEntries(kept)))
  }
}

/** The next key of a history: it depends on all that came before. */
export function nextKey(before: string, ...parts: string[]): string {
  return digest(before, ...parts)
}

function parse(content: string | undefined): Record<string, KnownVerdict> {
  try {
    return JSON.parse(content ?? '{}') as Record<string, KnownVerdict>
  } catch {
    return {}
  }
}

import { dropKept, readKept, writeKept } from './kept-files.js'

type Row = Record<string, unknown>
/** Rows by what they are about, such as a table. */
export type RowsAbout = Map<string, readonly Row[]>

/**
 * What was asked of a replayed state, kept beside it: it gives the same answers each time, and the catalogue of many tables takes
 * long to read.
 */
export class KeptAnswers {
  readonly #state: string | undefined
  #known: Promise<Map<string, RowsAbout>> | undefined
  #isNew = false

  /** @param state its name; absent: nothing of it is kept */
  constructor(state: string | undefined) {
    this.#state = state
  }

  /**
   * Rows about subjects; `ask` is called for those of which nothing is known. Only for what has not been changed since the replay.
   *
   * @param question what is asked about each
   */
  async about(
    question: string,
    subjects: ReadonlySet<string>,
    ask: (subjects: ReadonlySet<string>) => Promise<RowsAbout>,
  ): Promise<RowsAbout> {
    this.#known ??= read(this.#state)
    const all = await this.#known
    const known = all.get(question) ?? new Map()
    all.set(question, known)
    const missing = new Set([...subjects].filter((subject) => !known.has(subject)))
    if (missing.size === 0) return known
    const found = await ask(missing)
    for (const subject of missing) known.set(subject, found.get(subject) ?? [])
    this.#isNew = true
    return known
  }

  /** Writes them, unless nothing new was asked. */
  async keep(): Promise<void> {
    if (this.#state === undefined || !this.#isNew) return
    const known = (await this.#known) ?? []
    const kept = [...known].map(([question, rows]): [string, [string, unknown][]] => [question, [...rows]])
    const plain = kept.filter(([, rows]) => rows.every(([, each]) => isPlain(each)))
    await writeKept(this.#state, Buffer.from(JSON.stringify(plain)), 'answers')
  }
}

/** Forgets what was asked of a state that is replayed anew. */
export function dropAnswers(state: string): Promise<void> {
  return dropKept(state, 'answers')
}

async function read(state: string | undefined): Promise<Map<string, RowsAbout>> {
  const content = state === undefined ? undefined : await readKept(state, 'answers')
  if (content === undefined) return new Map()
  try {
    const kept = JSON.parse(content.toString()) as [string, [string, Row[]][]][]
    return new Map(kept.map(([question, rows]) => [question, new Map(rows)]))
  } catch {
    return new Map()
  }
}

// What JSON gives back as it was.
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isPlain)
  return (
    typeof value === 'object' &&
    !(value instanceof Date || value instanceof Uint8Array) &&
    Object.values(value).every(isPlain)
  )
}

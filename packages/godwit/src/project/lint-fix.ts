import { readFile } from 'node:fs/promises'
import { fixMigration } from '../lint/fix/fix-migration.js'
import type { FoundIn, LintedResult } from '../lint/run.js'
import { writeNew } from './create.js'

/** What fixing one file did, or would do. */
export interface FileFix {
  migration: string
  /** Absolute path. */
  file: string
  before: string
  after: string
  /** What the file does not say any more. */
  mended: { code: string; line: number }[]
  /** What has to be mended by hand. */
  refused: { code: string; line: number; reason: string }[]
}

/** Says of each finding whether it can be mended in its file. */
export async function markFixable(results: readonly LintedResult[]): Promise<LintedResult[]> {
  const marked: LintedResult[] = []
  for (const result of results) {
    const { refused } = await fixesOf(result)
    const cannot = new Set(refused.map(({ finding }) => finding))
    const findings = result.findings.map((finding) => ({
      ...finding,
      fixable: finding.fix !== undefined && finding.severity !== 'note' && !cannot.has(finding),
    }))
    marked.push({ ...result, findings })
  }
  return marked
}

/** Mends files, once over. */
export class Fixer {
  readonly #dryRun: boolean
  readonly #fixes = new Map<string, FileFix>()

  constructor(dryRun: boolean) {
    this.#dryRun = dryRun
  }

  /** Everything that was done, one entry a file. */
  get fixes(): FileFix[] {
    return [...this.#fixes.values()]
  }

  /**
   * Mends what can be mended; each file is replaced as a whole.
   *
   * @returns the findings that are gone
   * @throws GodwitError GODWIT_FILE_EXISTS when a file has changed meanwhile, GODWIT_FILE_UNWRITABLE
   */
  async mend(results: readonly LintedResult[]): Promise<ReadonlySet<FoundIn>> {
    const gone = new Set<FoundIn>()
    for (const result of results) {
      const { text, content, mended, refused } = await fixesOf(result)
      if (mended.length === 0 && refused.length === 0) continue
      const { name, file } = result.migration
      if (content !== undefined && !this.#dryRun)
        await writeNew({ name, files: [{ path: file, content, replaces: text }] })
      for (const finding of mended) gone.add(finding)
      const earlier = this.#fixes.get(file)
      const place = ({ code, line }: FoundIn) => ({ code, line })
      this.#fixes.set(file, {
        migration: name,
        file,
        before: earlier?.before ?? text,
        after: content ?? text,
        mended: [...(earlier?.mended ?? []), ...mended.map(place)],
        // The last word counts: what was refused before may be refused again.
        refused: refused.map(({ finding, reason }) => ({ ...place(finding), reason })),
      })
    }
    return gone
  }
}

async function fixesOf({ migration, findings }: LintedResult) {
  if (!findings.some(({ fix }) => fix !== undefined)) return { text: '', mended: [], refused: [] }
  const text = await readFile(migration.file, 'utf8')
  return { text, ...fixMigration(text, migration, findings) }
}

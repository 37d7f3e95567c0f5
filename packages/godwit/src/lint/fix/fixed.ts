import type { FoundIn } from '../run.js'

/** What became of a file's fixable findings. */
export interface Fixed {
  /** The new text; absent: nothing was changed. */
  content?: string
  /** Findings that the new text does not have any more. */
  mended: FoundIn[]
  /** Findings that have to be mended by hand, and why. */
  refused: { finding: FoundIn; reason: string }[]
}

/** Nothing can be mended, for one reason. */
export function refuseAll(findings: readonly FoundIn[], reason: string): Fixed {
  return { mended: [], refused: findings.map((finding) => ({ finding, reason })) }
}

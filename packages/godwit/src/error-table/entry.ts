/** What an entry says: the exit code, the message and the way out, each from the facts of the case. */
export interface ErrorEntry<Facts> {
  /** Process exit code, as `product.md` lists them: 1 bug, 2 usage, 3 findings, 5 refused, 6 locked, 7 failed, 8 unreachable. */
  exit: number
  message: (facts: Facts) => string
  /** What to do now; the exact command where there is one. */
  hint: (facts: Facts) => string
}

/** Writes one entry of the table. */
export function entry<Facts>(
  exit: number,
  message: (facts: Facts) => string,
  hint: (facts: Facts) => string,
): ErrorEntry<Facts> {
  return { exit, message, hint }
}

/** A table of entries; the type keeps the facts of each. */
export type ErrorEntries = Record<string, ErrorEntry<never>>

/** ` Did you mean 'x'?`, where something is near. */
export function didYouMean(facts: { nearest?: string | undefined }): string {
  return facts.nearest === undefined ? '' : ` Did you mean '${facts.nearest}'?`
}

/** What an entry says: the exit code, the message and the way out, each from the facts of the case. */
export interface ErrorEntry<Facts> {
  /** Process exit code, as `product.md` lists them: 1 bug, 2 usage, 3 findings, 5 refused, 6 locked, 7 failed, 8 unreachable. */
  exit: number
  message: (facts: Facts) => string
  /** What to do now; the exact command where there is one. */
  hint: (facts: Facts) => string
}

function entry<Facts>(
  exit: number,
  message: (facts: Facts) => string,
  hint: (facts: Facts) => string,
): ErrorEntry<Facts> {
  return { exit, message, hint }
}

const nearest = (facts: { nearest?: string | undefined }): string =>
  facts.nearest === undefined ? '' : ` Did you mean '${facts.nearest}'?`

/** Every error a user can meet. The reference page and the snapshot of texts are made from this table. */
export const errorTable = {
  GODWIT_BUG: entry<{ what: string }>(
    1,
    (f) => `This is a bug in Godwit: ${f.what}`,
    () => 'Run it again with --verbose and report what it prints.',
  ),
  GODWIT_PEER_MISSING: entry<{ name: string; why: string; install: string }>(
    2,
    (f) => `The package '${f.name}' is not installed; ${f.why} needs it.`,
    (f) => f.install,
  ),
  GODWIT_FILE_THROWS: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} failed while it was imported: ${f.reason}`,
    () => 'Nothing was run. Mend the file, then run the command again.',
  ),
  GODWIT_FILE_SYNTAX: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be compiled: ${f.reason}`,
    () => 'Nothing was run. Mend the file, then run the command again.',
  ),
  GODWIT_FILE_UNREADABLE: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be read: ${f.reason}`,
    () => 'Check that the file exists and that you may read it. Nothing was run.',
  ),
  GODWIT_MODULE_NOT_FOUND: entry<{ specifier: string; importer: string; advice: string }>(
    2,
    (f) => `Cannot find module '${f.specifier}', imported by ${f.importer}`,
    (f) => f.advice,
  ),
  GODWIT_UNKNOWN_CONFIG_KEY: entry<{ key: string; file: string; nearest?: string | undefined }>(
    2,
    (f) => `${f.file}: unknown key '${f.key}'.${nearest(f)}`,
    () => 'The keys are listed in docs/configuration.md.',
  ),
  GODWIT_EDITED: entry<{ names: string[] }>(
    5,
    (f) => `Applied, then edited: ${f.names.join(', ')}. Nothing was run.`,
    (f) => `Take the edit back, or accept it as it is: godwit resolve ${f.names[0]} --applied`,
  ),
  GODWIT_MISSING: entry<{ names: string[] }>(
    5,
    (f) => `Applied, but no file is there: ${f.names.join(', ')}. Nothing was run.`,
    (f) => `Bring the file back, or forget it: godwit resolve ${f.names[0]} --rolled-back`,
  ),
  GODWIT_OUT_OF_ORDER: entry<{ names: string[] }>(
    5,
    (f) => `Pending, but sorted before one that is applied: ${f.names.join(', ')}. Nothing was run.`,
    () => 'If they do not depend on each other: godwit up --allow-out-of-order',
  ),
  GODWIT_UNFINISHED: entry<{ names: string[] }>(
    5,
    (f) => `Started and not finished: ${f.names.join(', ')}. Nothing was run.`,
    (f) =>
      `Look at what is there, finish it or undo it by hand, then: godwit resolve ${f.names[0]} --applied, or: godwit resolve ${f.names[0]} --rolled-back`,
  ),
  GODWIT_NOT_APPLIED: entry<{ names: string[] }>(
    2,
    (f) => `Not applied: ${f.names.join(', ')}.`,
    () => 'godwit status shows what is.',
  ),
} satisfies Record<string, ErrorEntry<never>>

export type ErrorCode = keyof typeof errorTable

/** The facts that the entry of a code is told with. */
export type FactsOf<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>[0]

import { didYouMean, type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

/** States of migrations that stop a run. */
export const historyErrors = {
  GODWIT_EDITED: entry<{ names: string[] }>(
    5,
    (f) => `Applied, then edited: ${f.names.join(', ')}. Nothing was run.`,
    (f) => `Take the edit back, or accept it as it is: godwit resolve ${shellWord(f.names[0])} --applied`,
  ),
  GODWIT_MISSING: entry<{ names: string[] }>(
    5,
    (f) => `Applied, but no file is there: ${f.names.join(', ')}. Nothing was run.`,
    (f) => `Bring the file back, or forget it: godwit resolve ${shellWord(f.names[0])} --rolled-back`,
  ),
  GODWIT_OUT_OF_ORDER: entry<{ names: string[] }>(
    5,
    (f) => `Pending, but sorted before one that is applied: ${f.names.join(', ')}. Nothing was run.`,
    () => 'If they do not depend on each other: godwit up --allow-out-of-order',
  ),
  GODWIT_UNFINISHED: entry<{ names: string[]; midway?: boolean }>(
    5,
    (f) =>
      `Started and not finished: ${f.names.join(', ')}. ${f.midway === true ? 'Nothing more' : 'Nothing'} was run.`,
    (f) =>
      `When everything it makes is there: godwit resolve ${shellWord(f.names[0])} --applied; when nothing of it is there: godwit resolve ${shellWord(f.names[0])} --rolled-back`,
  ),
  GODWIT_NOT_APPLIED: entry<{ names: string[] }>(
    2,
    (f) => `Not applied: ${f.names.join(', ')}.`,
    () => 'godwit status shows what is.',
  ),
  GODWIT_HISTORY_SHAPE: entry<{ table: string; reason: string }>(
    2,
    (f) => `The table ${f.table} is not a history table of this format: ${f.reason}`,
    () => "Check 'format' in the config, or name another history table. Nothing was changed.",
  ),
  GODWIT_IRREVERSIBLE: entry<{ name: string }>(
    5,
    (f) => `${f.name} has no way back. Nothing was run.`,
    (f) => `Write its down, or forget it by hand: godwit resolve ${shellWord(f.name)} --rolled-back`,
  ),
  GODWIT_UNKNOWN_MIGRATION: entry<{ wanted: string; nearest?: string | undefined }>(
    2,
    (f) => `There is no migration '${f.wanted}'.${didYouMean(f)}`,
    () => 'godwit status lists them; a part of the name is enough where it is unique.',
  ),
  GODWIT_AMBIGUOUS_NAME: entry<{ wanted: string; matches: string[] }>(
    2,
    (f) => `'${f.wanted}' is a part of ${f.matches.length} names: ${f.matches.join(', ')}.`,
    () => 'Write more of the name.',
  ),
  GODWIT_NOTHING_TO_RESOLVE: entry<{ name: string; state: string }>(
    2,
    (f) => `${f.name} is ${f.state}; there is nothing to resolve.`,
    () => 'godwit status shows the states.',
  ),
  GODWIT_NO_FILE: entry<{ name: string }>(
    2,
    (f) => `${f.name} has no file, so it cannot be settled as applied.`,
    (f) => `Bring the file back, or forget it: godwit resolve ${shellWord(f.name)} --rolled-back`,
  ),
} satisfies ErrorEntries

import type { Direction } from '../engine/migration.js'
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
  GODWIT_UNFINISHED_UP: entry<{ names: string[] }>(
    5,
    (f) => `Begun and not finished: ${f.names.join(', ')}. Nothing was run.`,
    () => 'It goes on where it stopped, first of all: godwit up',
  ),
  GODWIT_UNFINISHED_DOWN: entry<{ names: string[] }>(
    5,
    (f) => `The way back was begun and not finished: ${f.names.join(', ')}. Nothing was run.`,
    () => 'It goes on where it stopped, first of all: godwit down',
  ),
  GODWIT_UNFINISHED_MISSING: entry<{ names: string[] }>(
    5,
    (f) => `Begun and not finished, and no file is there: ${f.names.join(', ')}. Nothing was run.`,
    (f) =>
      `Bring the file back, and go on; or, when nothing of it is there: godwit resolve ${shellWord(f.names[0])} --rolled-back`,
  ),
  GODWIT_RESUME_EDITED: entry<{ name: string; direction: Direction; statement: number }>(
    5,
    (f) =>
      `${f.name} stopped in the middle, and its statement ${f.statement}, which was run, is another one now. It was not gone on with.`,
    (f) =>
      `Take the edit of what was run back, then: godwit ${f.direction}. Or settle it: godwit resolve ${shellWord(f.name)} --applied or --rolled-back`,
  ),
  GODWIT_RESUME_SESSION: entry<{ name: string; direction: Direction; tag: string }>(
    5,
    (f) =>
      `${f.name} stopped in the middle, and what it had left in its session${f.tag === '' ? '' : ` (${f.tag})`} is gone with it. It cannot be gone on with.`,
    (f) =>
      `When everything it makes is there: godwit resolve ${shellWord(f.name)} --applied; when nothing of it is there: godwit resolve ${shellWord(f.name)} --rolled-back`,
  ),
  GODWIT_IN_DOUBT: entry<{ name: string; statement: number; tag: string; why: string }>(
    5,
    (f) =>
      `${f.name} stopped during its statement ${f.statement} (${f.tag}), and whether that was done cannot be told: ${f.why}.`,
    (f) =>
      `When everything it makes is there: godwit resolve ${shellWord(f.name)} --applied; when nothing of it is there: godwit resolve ${shellWord(f.name)} --rolled-back`,
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

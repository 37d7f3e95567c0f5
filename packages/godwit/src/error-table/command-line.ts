import { didYouMean, type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

/** The command line. */
export const commandLineErrors = {
  GODWIT_BUG: entry<{ what: string }>(
    1,
    (f) => `This is a bug in Godwit: ${f.what}`,
    () => 'Run it again with --verbose and report what it prints.',
  ),
  GODWIT_DURATION_INVALID: entry<{ where: string; written: string }>(
    2,
    (f) => `'${f.written}' is not a duration (${f.where}).`,
    () => 'Durations are written 500ms, 90s, 2m; a bare number is seconds.',
  ),
  GODWIT_RETRIES_INVALID: entry<{ written: string }>(
    2,
    (f) => `'${f.written}' is not a number of retries (lock retries).`,
    () => 'Write a whole number, such as 10; 0: never tried again.',
  ),
  GODWIT_UNKNOWN_COMMAND: entry<{ command: string; nearest?: string | undefined }>(
    2,
    (f) => `There is no command '${f.command}'.${didYouMean(f)}`,
    () => 'godwit --help lists them.',
  ),
  GODWIT_UNKNOWN_FLAG: entry<{ flag: string; command: string; nearest?: string | undefined }>(
    2,
    (f) => `${f.command === '' ? 'godwit' : `godwit ${f.command}`} has no flag '${f.flag}'.${didYouMean(f)}`,
    (f) => `${f.command === '' ? 'godwit' : `godwit ${f.command}`} --help lists them.`,
  ),
  GODWIT_USAGE: entry<{ command: string; reason: string }>(
    2,
    (f) => `The command line cannot be read: ${f.reason}.`,
    (f) => `See: godwit ${f.command}${f.command === '' ? '' : ' '}--help`,
  ),
  GODWIT_STEP_COUNT: entry<{ written: string }>(
    2,
    (f) => `'${f.written}' is not a number of steps.`,
    () => 'Write a whole number, such as: --step 2',
  ),
  GODWIT_LIMIT: entry<{ written: string }>(
    2,
    (f) => `'${f.written}' is not a number of runs.`,
    () => 'Write a whole number from 1, such as: --limit 50',
  ),
  GODWIT_DIRECTION: entry<{ wanted: string; nearest?: string | undefined }>(
    2,
    (f) => `'${f.wanted}' is not a direction.${didYouMean(f)}`,
    (f) => `The directions are up and down; a name stands behind one: godwit plan up ${shellWord(f.wanted)}`,
  ),
  GODWIT_PREFLIGHT_HOW: entry<{ wanted: string }>(
    2,
    (f) => `Preflight cannot be '${f.wanted}'.`,
    () => 'It looks through tables of any size with --preflight=full, and not at all with --no-preflight.',
  ),
  GODWIT_PLAN_STYLE: entry<{ wanted: string; nearest?: string | undefined }>(
    2,
    (f) => `A plan cannot be written as '${f.wanted}'.${didYouMean(f)}`,
    () => 'It can be written as text, markdown or github: godwit plan --format markdown',
  ),
  GODWIT_NAME_NEEDED: entry<{ command: string }>(
    2,
    (f) => `godwit ${f.command} needs a name.`,
    (f) => `Write it behind the command: godwit ${f.command} add-users`,
  ),
  GODWIT_RESOLVE_HOW: entry<{ name: string }>(
    2,
    () => 'resolve needs to be told how: --applied or --rolled-back, one of them.',
    (f) => `godwit resolve ${shellWord(f.name)} --applied, or: godwit resolve ${shellWord(f.name)} --rolled-back`,
  ),
  GODWIT_INSTALL_FAILED: entry<{ command: string; reason: string }>(
    2,
    (f) => `'${f.command}' did not work: ${f.reason}`,
    (f) => `What init wrote is in place. When the reason is mended, run it yourself: ${f.command}`,
  ),
} satisfies ErrorEntries

import { didYouMean, type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

/** The config and the project. */
export const projectErrors = {
  GODWIT_UNKNOWN_CONFIG_KEY: entry<{ key: string; file: string; nearest?: string | undefined }>(
    2,
    (f) => `${f.file}: unknown key '${f.key}'.${didYouMean(f)}`,
    () => 'The keys are listed in docs/configuration.md.',
  ),
  GODWIT_CONFIG_INVALID: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file}: ${f.reason}`,
    () => 'The keys are listed in docs/configuration.md.',
  ),
  GODWIT_CONFIG_MISSING: entry<{ file: string }>(
    2,
    (f) => `There is no config file ${f.file}.`,
    () => 'Check the path after --config, or leave the flag out.',
  ),
  GODWIT_NO_PROJECT: entry<{ lookedFor: readonly string[] }>(
    2,
    (f) => `No project was found here. Looked for: ${f.lookedFor.join(', ')}.`,
    () => 'Start one with: npx godwit init',
  ),
  GODWIT_SEVERAL_PROJECTS: entry<{ found: string[] }>(
    2,
    (f) => `More than one project was found here: ${f.found.join(', ')}.`,
    () => 'Say which in a config: npx godwit init --format <format>',
  ),
  GODWIT_UNKNOWN_PROJECT: entry<{ wanted: string; known: string[]; nearest?: string | undefined }>(
    2,
    (f) =>
      f.known.length === 0
        ? `The config has one project, and no '${f.wanted}'.`
        : `There is no project '${f.wanted}'.${didYouMean(f)}`,
    (f) => (f.known.length === 0 ? 'Leave --project out.' : `The projects are: ${f.known.join(', ')}`),
  ),
  GODWIT_PROJECT_NEEDED: entry<{ known: string[] }>(
    2,
    (f) => `The config has several projects: ${f.known.join(', ')}.`,
    (f) => `Say which: --project ${shellWord(f.known[0])}`,
  ),
  GODWIT_LINT_FIX_UNKNOWN: entry<Record<never, never>>(
    2,
    () => 'Nobody knows which migrations are applied, and those are never edited.',
    () =>
      'Name the database: npx godwit lint --fix --database-url <url>, or the migrations: --fix --assume-pending <name>',
  ),
} satisfies ErrorEntries

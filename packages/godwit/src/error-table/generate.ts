import { didYouMean, type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

/** Shadows and generating. */
export const generateErrors = {
  GODWIT_SHADOW_REPLAY: entry<{ name: string; reason: string }>(
    7,
    (f) => `${f.name} fails on the shadow, where the history is replayed: ${f.reason}`,
    () =>
      'The shadow begins empty: what the migrations need and do not make themselves is not there. No database of yours was touched. A server can be named as shadow: --shadow <url>',
  ),
  GODWIT_SHADOW_EXTENSION: entry<{ name: string; reason: string; extension: string }>(
    2,
    (f) => `${f.name} needs the extension '${f.extension}', which the shadow does not have.`,
    () =>
      'Name a server that has it, for a scratch database: --shadow <url>, or shadow in the config. Nothing was written.',
  ),
  GODWIT_VERIFY_UP: entry<{ name: string; reason: string }>(
    7,
    (f) => `${f.name} cannot be applied behind the others, on a throwaway database: ${f.reason}`,
    () =>
      'Its way back cannot be tried. No database of yours was touched. A server can be named for it: --shadow <url>',
  ),
  GODWIT_SINCE: entry<{ revision: string; reason: string }>(
    2,
    (f) => `git does not say what changed since '${f.revision}': ${f.reason}`,
    () =>
      'In CI the whole history has to be checked out (actions/checkout: fetch-depth: 0). Without --since every migration is looked at.',
  ),
  GODWIT_SHADOW_IS_MAIN: entry<{ address: string }>(
    5,
    (f) => `The shadow database that is configured, ${f.address}, is the project's own database. Nothing was changed.`,
    () => 'A shadow is emptied: name another one, or leave shadowDatabaseUrl out.',
  ),
  GODWIT_SHADOW_HAS_HISTORY: entry<{ address: string; main: string }>(
    5,
    (f) =>
      `The shadow database that is configured, ${f.address}, has a history of applied migrations, and the project's own, ${f.main}, cannot be asked whether it is the same. Nothing was changed.`,
    () => 'A shadow is emptied: name an empty database for it, or leave shadowDatabaseUrl out.',
  ),
  GODWIT_SHADOW_ROLE: entry<{ address: string; reason: string }>(
    2,
    (f) =>
      `The shadow's server ${f.address} is worked on as a role that may do more than make databases, so a role was made to own the shadow, and the server does not let it in: ${f.reason}`,
    () =>
      'Name a role for the shadow that may make databases and nothing else: CREATE ROLE … LOGIN CREATEDB. Nothing was written.',
  ),
  GODWIT_NO_MODELS: entry<{ format: string }>(
    2,
    (f) => `The format ${f.format} has no models to generate from.`,
    () => 'Write the migration by hand: godwit create <name>',
  ),
  GODWIT_NO_MODEL_FILES: entry<{ format: string }>(
    2,
    (f) => `The format ${f.format} has no model files that Godwit reads; a Prisma schema is one.`,
    () => 'What entities say beyond the history: godwit generate --check',
  ),
  GODWIT_PULL_LOSES: entry<{ lost: string[] }>(
    5,
    (f) =>
      `The database knows nothing of what these files say; it would be lost:\n${f.lost.map((each) => `  ${each}`).join('\n')}`,
    () => 'Nothing was written. To write it all the same: godwit pull --force; to look at it first: --dry-run',
  ),
  GODWIT_GENERATOR_FAILED: entry<{ command: string; reason: string }>(
    1,
    (f) => `${f.command} failed: ${f.reason}`,
    (f) => `The migrations are applied. Run it by hand: npx ${f.command}`,
  ),
  GODWIT_RENAME_OR_NOT: entry<{ pairs: { from: string; to: string }[] }>(
    5,
    (f) =>
      f.pairs.length === 1
        ? `${f.pairs[0]?.from} is gone and ${f.pairs[0]?.to} is new: is that a rename? Nothing was written.`
        : `These look renamed: ${f.pairs.map(({ from, to }) => `${from} → ${to}`).join(', ')}. Nothing was written.`,
    (f) => {
      const each = f.pairs.map(({ from, to }) => shellWord(`${from}:${to}`))
      const all = (flag: string) => each.map((pair) => `${flag} ${pair}`).join(' ')
      return `A rename keeps the data: ${all('--rename')}; else what is gone goes with its data: ${all('--no-rename')}`
    },
  ),
  GODWIT_RENAME_UNUSABLE: entry<{ written: string; reason: string }>(
    2,
    (f) => `The rename '${f.written}': ${f.reason}.`,
    () =>
      'Write the old and the new name with a colon between: --rename users.name:users.full_name, or for a table --rename users:people. A name that holds a dot, a colon or a quote stands in double quotes',
  ),
  GODWIT_RECREATE_UNKNOWN: entry<{ written: string; nearest?: string | undefined }>(
    2,
    (f) => `There is no ${f.written} in the history to make anew.${didYouMean(f)}`,
    () => 'Name a column of a table that the history makes: --recreate users.age. Nothing was written.',
  ),
  GODWIT_RECREATE_UNSUPPORTED: entry<{ written: string }>(
    2,
    (f) => `How the type of ${f.written} changes is decided by Prisma's engine: --recreate is not for a Prisma schema.`,
    () =>
      'Generate without it. Where migration.sql then changes the type in place and the column is to be empty, write that into it and into down.sql: ALTER TABLE … DROP COLUMN …, ADD COLUMN …. Nothing was written.',
  ),
  GODWIT_FROM_NEEDED: entry<Record<string, never>>(
    2,
    () => 'A project of SQL files has no models: say what the history is to lead to.',
    () => 'Name a database, which is only read, or a file of SQL: godwit generate <name> --from schema.sql',
  ),
  GODWIT_FROM_FAILED: entry<{ file: string; reason: string }>(
    7,
    (f) => `${f.file} cannot be run on an empty shadow: ${f.reason}`,
    () => 'It must make the whole schema from nothing. No database of yours was touched; nothing was written.',
  ),
  GODWIT_FROM_MAJOR: entry<{ from: string; major: number; shadow: string }>(
    2,
    (f) => `${f.from} is PostgreSQL ${f.major}, and the history was replayed on ${f.shadow}.`,
    (f) =>
      `Two majors are never compared: they print the same schema differently. Name a server of PostgreSQL ${f.major} for the shadow: --shadow <url>`,
  ),
  GODWIT_GENERATE_ANEW: entry<{ objects: string[] }>(
    5,
    (f) => `This could only be made anew, empty: ${f.objects.join(', ')}. Nothing was written.`,
    () =>
      'Write that part by hand, so that the rows are kept: godwit create <name>. Then generate the rest. A column whose rows may go: --recreate <table>.<column>',
  ),
  GODWIT_GENERATE_IMPOSSIBLE: entry<{ reason: string }>(
    5,
    (f) => `pg-delta finds no way from the history to what is wanted: ${f.reason} Nothing was written.`,
    () => 'Write that part by hand: godwit create <name>. Then generate the rest.',
  ),
  GODWIT_GENERATE_UNPROVEN: entry<{ statement: string; reason: string; printable?: true } | { left: string[] }>(
    5,
    (f) =>
      'left' in f
        ? `What was composed leads elsewhere: ${f.left.join(', ')} would still differ. Nothing was written.`
        : `What was composed fails on the shadow: ${f.reason}: ${f.statement}. Nothing was written.`,
    (f) =>
      'printable' in f
        ? 'Correct the models. Where they are right, write it by hand: --dry-run prints what was composed, godwit create <name> makes a file for it.'
        : 'Write that part by hand: godwit create <name>. Then generate the rest.',
  ),
  GODWIT_BASELINE_REFUSED: entry<{ database: string; reason: string }>(
    5,
    (f) => `What ${f.database} holds cannot become the initial migration: ${f.reason}`,
    () => 'See where it stands: godwit status. Nothing was written.',
  ),
  GODWIT_BASELINE_UNWRITABLE: entry<{ objects: string[] }>(
    2,
    (f) => `The database holds what Godwit cannot write as a statement: ${f.objects.join(', ')}`,
    () =>
      'Write the initial migration by hand (pg_dump --schema-only tells the statements), then: godwit resolve <name> --applied. Nothing was written.',
  ),
  GODWIT_BASELINE_UNPROVEN: entry<{ shadow: string; reason: string }>(
    2,
    (f) => `The statements of the database do not make it again on ${f.shadow}: ${f.reason}`,
    () =>
      'Write the initial migration by hand (pg_dump --schema-only tells the statements), then: godwit resolve <name> --applied. Nothing was written.',
  ),
  GODWIT_SHADOW_MAJOR: entry<{ database: string; major: number; shadow: string }>(
    2,
    (f) => `The database is PostgreSQL ${f.major} and the shadow ${f.shadow}: different majors are never compared.`,
    (f) => `Name a server of PostgreSQL ${f.major} for a scratch database: --shadow <url>. Nothing was written.`,
  ),
} satisfies ErrorEntries

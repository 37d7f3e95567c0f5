import { didYouMean, type ErrorEntries, entry } from './entry.js'

/** Files of migrations, modules and packages. */
export const filesErrors = {
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
  GODWIT_FILE_NOT_UTF8: entry<{ file: string; line: number; looksLike?: string }>(
    2,
    (f) => `${f.file} is not UTF-8${f.looksLike === undefined ? '' : ` but ${f.looksLike}`}: see line ${f.line}.`,
    () => 'Save the file as UTF-8; in another encoding wrong characters would get into the database. Nothing was run.',
  ),
  GODWIT_MODULE_NOT_FOUND: entry<{ specifier: string; importer: string; tried: string; advice: string }>(
    2,
    (f) => `Cannot find module '${f.specifier}', imported by ${f.importer}: tried ${f.tried}`,
    (f) => f.advice,
  ),
  GODWIT_FOLDER_MISSING: entry<{ folder: string }>(
    2,
    (f) => `The folder of the migrations is not there: ${f.folder}`,
    () => 'Check `migrations` in the config, or begin with: godwit create <name>',
  ),
  GODWIT_DUPLICATE_NAME: entry<{ name: string; files: string[] }>(
    2,
    (f) => `Two migrations have the name '${f.name}': ${f.files.join(' and ')}`,
    () => 'The history knows a migration by its name. Rename the one that was never applied. Nothing was run.',
  ),
  GODWIT_EMPTY_MIGRATION: entry<{ name: string }>(
    2,
    (f) => `${f.name} holds no statement.`,
    () => 'Write its SQL, or remove the file. Nothing was run.',
  ),
  GODWIT_FOREIGN_FOLDER: entry<{ folder: string; tool: string; sign: string; advice: string }>(
    2,
    (f) => `${f.folder} looks like a folder of ${f.tool}: ${f.sign}`,
    (f) => `${f.advice} Nothing was run.`,
  ),
  GODWIT_SQL_MIXED_PREFIXES: entry<{ folder: string; files: string[] }>(
    2,
    (f) => `${f.folder} has number prefixes of different length: ${f.files.join(' and ')}`,
    () => 'Names are ordered by their bytes, so 10 would come before 2. Give all prefixes one length. Nothing was run.',
  ),
  GODWIT_SQL_LONE_DOWN: entry<{ file: string; expected: string }>(
    2,
    (f) => `${f.file} has no migration beside it.`,
    (f) => `The way back belongs to ${f.expected}. Write that file or remove this one. Nothing was run.`,
  ),
  GODWIT_NAME_UNUSABLE: entry<{ name: string }>(
    2,
    (f) => `'${f.name}' cannot be the name of a migration.`,
    () => 'Use a few words, such as: godwit create add_users',
  ),
  GODWIT_SQL_UNTERMINATED: entry<{ name: string; reason: string }>(
    2,
    (f) => `${f.name} cannot be read as SQL: ${f.reason}`,
    () => 'Nothing was run. Mend the file, then run the command again.',
  ),
  GODWIT_PSQL_COMMAND: entry<{ name: string; command: string }>(
    2,
    (f) => `${f.name} holds a command of psql, which only psql understands: ${f.command}`,
    () => 'Take the line out, or write what it does as SQL. Nothing was run.',
  ),
  GODWIT_SQL_IMPOSSIBLE: entry<{ name: string; tag: string }>(
    2,
    (f) => `${f.name} runs ${f.tag} inside the transaction it began itself; PostgreSQL refuses that for certain.`,
    () => 'Move the statement behind the COMMIT, or into a migration of its own. Nothing was run.',
  ),
  GODWIT_TEMPLATE_UNKNOWN: entry<{ wanted: string; known: string[]; nearest?: string | undefined }>(
    2,
    (f) => `There is no template '${f.wanted}'.${didYouMean(f)}`,
    (f) =>
      `${f.known.length === 0 ? '' : `There are: ${f.known.join(', ')}. `}Templates of your own are files in godwit/templates/; a path names any other file.`,
  ),
  GODWIT_TEMPLATE_USED: entry<{ template: string; file: string }>(
    2,
    (f) => `The template '${f.template}' is in use already: ${f.file}`,
    () => 'It is written once in a project. For a change of what it made, write a migration: godwit create <name>',
  ),
  GODWIT_FILE_UNWRITABLE: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be written: ${f.reason}`,
    () => 'Check that the folder is there and that you may write in it. Nothing was left behind.',
  ),
  GODWIT_NAME_TAKEN: entry<{ name: string; file: string }>(
    2,
    (f) => `There is a migration '${f.name}' already: ${f.file}`,
    () => 'Choose another name: what is typed in a command should mean one of them. Nothing was written.',
  ),
  GODWIT_FILE_EXISTS: entry<{ file: string }>(
    2,
    (f) => `${f.file} exists already; it was not overwritten.`,
    () => 'Choose another name.',
  ),
} satisfies ErrorEntries

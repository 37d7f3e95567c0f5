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

/** The parts of a target that may be shown. */
interface ConnectionFacts {
  address: string
  user: string
  database: string
  reason: string
}

const nearest = (facts: { nearest?: string | undefined }): string =>
  facts.nearest === undefined ? '' : ` Did you mean '${facts.nearest}'?`

const SHOWN_LINES = 12

function shortList(lines: readonly string[]): string {
  const rest = lines.length - SHOWN_LINES
  return lines.slice(0, SHOWN_LINES).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

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
  GODWIT_PRISMA_NO_SCRIPT: entry<{ folder: string }>(
    2,
    (f) => `${f.folder} holds no migration.sql.`,
    () => 'Each folder of a Prisma project is one migration. Write the file or remove the folder. Nothing was run.',
  ),
  GODWIT_PRISMA_VERSION: entry<{ version: string }>(
    2,
    (f) => `Prisma ${f.version} is installed; Godwit knows Prisma 5, 6 and 7.`,
    () => 'Another major version may write its history differently. Nothing was run.',
  ),
  GODWIT_PRISMA_PROVIDER: entry<{ provider: string; file: string }>(
    2,
    (f) => `${f.file} says provider "${f.provider}"; Godwit runs Prisma migrations on PostgreSQL only.`,
    () => "Use Prisma's own CLI for this project. Nothing was run.",
  ),
  GODWIT_PRISMA_PROXY: entry<{ scheme: string }>(
    2,
    (f) => `A ${f.scheme}// URL leads to a proxy of Prisma's, which cannot run migrations.`,
    () => 'Give the postgres:// URL behind it: as directUrl, as GODWIT_DATABASE_URL, or with --database-url.',
  ),
  GODWIT_PGM_NO_NUMBER: entry<{ file: string }>(
    2,
    (f) => `${f.file} has no number in front, so node-pg-migrate cannot put it in order.`,
    () => 'Put a number before its name, or leave it out with `nodePgMigrate.ignorePattern`. Nothing was run.',
  ),
  GODWIT_PGM_SQL_PAIR: entry<{ files: string[] }>(
    2,
    (f) => `${f.files.join(' and ')} are a pair; node-pg-migrate would run the second one as a migration of its own.`,
    () =>
      "Put both into one file, under '-- Up Migration' and '-- Down Migration', or say format: 'sql'. Nothing was run.",
  ),
  GODWIT_PGM_NO_UP_SECTION: entry<{ file: string }>(
    2,
    (f) => `${f.file} has a down section and no up section; node-pg-migrate would run all of it, the way back too.`,
    () => "Write '-- Up Migration' above its first statement. Nothing was run.",
  ),
  GODWIT_PGM_NO_ACTION: entry<{ file: string; direction: string; found: string }>(
    2,
    (f) => `${f.file} exports ${f.found} as '${f.direction}' where a function should be.`,
    (f) => `Export a function: export const ${f.direction} = async (pgm) => {}. Nothing was run.`,
  ),
  GODWIT_PGM_NOT_INFERRED: entry<{ name: string; reason: string }>(
    7,
    (f) => `${f.name} has no 'down', and its 'up' cannot be turned around: ${f.reason}`,
    () => "Write its 'down', or say that there is no way back: export const down = false",
  ),
  GODWIT_PGM_VERSION: entry<{ version: string }>(
    2,
    (f) => `node-pg-migrate ${f.version} is not supported; versions 8 and 9 are.`,
    () => 'Install one of them: npm install node-pg-migrate@9. Nothing was run.',
  ),
  GODWIT_PGM_CONFIG: entry<{ reason: string }>(
    2,
    (f) => `The configuration of node-pg-migrate does not work: ${f.reason}`,
    () => 'Correct it in the config section `nodePgMigrate`, or in its own config file. Nothing was run.',
  ),
  GODWIT_NAME_UNUSABLE: entry<{ name: string }>(
    2,
    (f) => `'${f.name}' cannot be the name of a migration.`,
    () => 'Use a few words, such as: godwit create add_users',
  ),
  GODWIT_TYPEORM_NO_TIMESTAMP: entry<{ className: string; file?: string }>(
    2,
    (f) => `The migration ${f.className}${f.file === undefined ? '' : ` in ${f.file}`} has no timestamp in its name.`,
    (f) => `TypeORM reads it from the name's last 13 characters, as in ${f.className}1700000000000. Nothing was run.`,
  ),
  GODWIT_TYPEORM_INITIALIZED: entry<{ file: string }>(
    2,
    (f) => `${f.file} initializes its DataSource when it is imported.`,
    () =>
      'That could synchronize or drop the schema before anything is checked. Call initialize() where the application starts, not in this file. Nothing was run.',
  ),
  GODWIT_TYPEORM_DATA_SOURCE: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} cannot be used as the TypeORM data source: ${f.reason}`,
    () =>
      'It must export exactly one DataSource. Which file it is: `typeorm: { dataSource }` in the config, or -d <file>. Nothing was run.',
  ),
  GODWIT_TYPEORM_CLASS_MISSING: entry<{ name: string; file: string }>(
    2,
    (f) => `${f.file} does not export a migration named '${f.name}' when it is imported.`,
    () => 'Export the class, and give it the name the history knows. Nothing was run.',
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
  GODWIT_CONNECTION_REFUSED: entry<ConnectionFacts>(
    8,
    (f) => `Nothing answers at ${f.address}: the connection was refused.`,
    () => 'Start the server, or correct the address. For a local PostgreSQL of this project: godwit db',
  ),
  GODWIT_CONNECTION_NO_HOST: entry<ConnectionFacts>(
    8,
    (f) => `The host of ${f.address} cannot be found.`,
    () => 'Check the host name in the database URL.',
  ),
  GODWIT_CONNECTION_TIMEOUT: entry<ConnectionFacts>(
    8,
    (f) => `${f.address} did not answer in time.`,
    () => 'Check host and port, the firewall, and that the server is up.',
  ),
  GODWIT_CONNECTION_PASSWORD: entry<ConnectionFacts>(
    8,
    (f) => `${f.address} refused the password of user '${f.user}'.`,
    () => 'Check user and password in the database URL; special characters in it must be percent-encoded.',
  ),
  GODWIT_CONNECTION_DENIED: entry<ConnectionFacts>(
    8,
    (f) => `User '${f.user}' may not connect to ${f.address}: ${f.reason}`,
    () => 'Ask for the CONNECT privilege, or for an entry in pg_hba.conf.',
  ),
  GODWIT_CONNECTION_TLS_REQUIRED: entry<ConnectionFacts>(
    8,
    (f) => `${f.address} takes encrypted connections only.`,
    () => "Add ?sslmode=verify-full to the database URL, and &sslrootcert=<file> if the server's CA is your own.",
  ),
  GODWIT_CONNECTION_NO_TLS: entry<ConnectionFacts>(
    8,
    (f) => `The database URL asks for an encrypted connection, and ${f.address} offers none.`,
    () => 'Turn TLS on at the server, or take sslmode out of the URL if the connection is safe without it.',
  ),
  GODWIT_CONNECTION_CERTIFICATE: entry<ConnectionFacts>(
    8,
    (f) => `The certificate of ${f.address} is not trusted: ${f.reason}`,
    () => 'Name the CA that signed it: add &sslrootcert=<file> to the database URL.',
  ),
  GODWIT_CONNECTION_NO_DATABASE: entry<ConnectionFacts>(
    8,
    (f) => `There is no database '${f.database}' at ${f.address}.`,
    (f) => `Create it, for instance: createdb ${f.database}; or correct the name in the database URL.`,
  ),
  GODWIT_CONNECTION_TOO_MANY: entry<ConnectionFacts>(
    8,
    (f) => `${f.address} has no free connection: ${f.reason}`,
    () => 'Close connections or raise max_connections, then try again.',
  ),
  GODWIT_CONNECTION_STARTING: entry<ConnectionFacts>(
    8,
    (f) => `${f.address} is not ready: ${f.reason}`,
    () => 'Wait until the server has started, then try again.',
  ),
  GODWIT_CONNECTION_FAILED: entry<ConnectionFacts>(
    8,
    (f) => `Cannot connect to ${f.address}: ${f.reason}`,
    () => 'Check the database URL and that the server is up.',
  ),
  GODWIT_NO_SCHEMA: entry<{ database: string }>(
    2,
    (f) => `The search_path of database '${f.database}' names no schema that exists.`,
    () => 'Create the schema, or name it in the database URL or in the config.',
  ),
  GODWIT_HISTORY_SHAPE: entry<{ table: string; reason: string }>(
    2,
    (f) => `The table ${f.table} is not a history table of this format: ${f.reason}`,
    () => "Check 'format' in the config, or name another history table. Nothing was changed.",
  ),
  GODWIT_PERMISSION: entry<{ what: string; reason: string }>(
    8,
    (f) => `The database user has no right for ${f.what}: ${f.reason}`,
    () => 'Grant the right, or use a database URL of a role that has it. Nothing was changed.',
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
  GODWIT_STATEMENT_FAILED: entry<{ name: string; message: string }>(
    7,
    (f) => f.message,
    () => 'Mend the file, then: godwit up',
  ),
  GODWIT_TRANSACTION_LEFT_OPEN: entry<{ name: string; done: number }>(
    7,
    (f) => `${f.name} begins a transaction and never ends it; what it did in there was rolled back.`,
    () => 'Add the COMMIT, then: godwit up',
  ),
  GODWIT_CONNECTION_LOST: entry<{ name: string; reason: string; left: 'nothing' | 'part' }>(
    8,
    (f) =>
      `The connection was lost during ${f.name} (${f.reason}). ${f.left === 'nothing' ? 'Nothing of it is left.' : 'It ran outside of one transaction: a part of it is done.'}`,
    (f) =>
      f.left === 'nothing' ? 'Go on with: godwit up' : 'godwit status shows how far it came and the two ways out.',
  ),
  GODWIT_OUTCOME_UNKNOWN: entry<{ name: string; reason: string }>(
    8,
    (f) =>
      `The connection was lost during ${f.name} (${f.reason}), and the server did not come back. Whether it was done is unknown until the history can be read.`,
    () => 'When the server is back, godwit status tells; then: godwit up',
  ),
  GODWIT_LOCKED: entry<{ holder: string; waitedMs: number }>(
    6,
    (f) => `Another runner holds the lock: ${f.holder}. Nothing was run.`,
    () => 'Wait until it is done, or wait longer: godwit up --wait 5m',
  ),
  GODWIT_LOCK_LOST: entry<{ holder: string }>(
    6,
    (f) =>
      `A migration released the lock, and now ${f.holder} holds it. What is done stays done; nothing more was run.`,
    () => 'When the other runner is done: godwit up',
  ),
  GODWIT_JOURNAL_NEEDED: entry<{ name: string; schema: string }>(
    5,
    (f) =>
      `${f.name} cannot run in one transaction, and without the schema '${f.schema}' nothing could tell how far it came. It was not run.`,
    () => 'Let a DBA run what this prints: godwit init --print-sql',
  ),
  GODWIT_UNSUPPORTED_DATABASE: entry<{ what: string }>(
    2,
    (f) => `${f.what} is not supported. Godwit works with PostgreSQL 14 and later.`,
    () => 'Nothing was changed.',
  ),
  GODWIT_EMBEDDED_IN_USE: entry<{ folder: string; pid: number }>(
    6,
    (f) => `Another process (pid ${f.pid}) uses the embedded database in ${f.folder}. One at a time can.`,
    () => 'Wait until it is done. For several at once: godwit db starts a real server.',
  ),
  GODWIT_URL_INVALID: entry<{ reason: string }>(
    2,
    (f) => `The database URL is not valid: ${f.reason}.`,
    () =>
      'It looks like postgres://user:password@host:5432/database; special characters in user and password must be percent-encoded.',
  ),
  GODWIT_IRREVERSIBLE: entry<{ name: string }>(
    5,
    (f) => `${f.name} has no way back. Nothing was run.`,
    (f) => `Write its down, or forget it by hand: godwit resolve ${f.name} --rolled-back`,
  ),
  GODWIT_READ_ONLY: entry<{ database: string; names: string[] }>(
    5,
    (f) => `'${f.database}' is a replica or read-only, and there is something to do: ${f.names.join(', ')}.`,
    () => 'Run it against the primary server.',
  ),
  GODWIT_INTERRUPTED: entry<Record<never, never>>(
    130,
    () => 'Stopped by Ctrl-C.',
    () => 'godwit status shows where it stands; go on with: godwit up',
  ),
  GODWIT_TERMINATED: entry<Record<never, never>>(
    143,
    () => 'Stopped by SIGTERM.',
    () => 'godwit status shows where it stands; go on with: godwit up',
  ),
  GODWIT_UNKNOWN_MIGRATION: entry<{ wanted: string; nearest?: string | undefined }>(
    2,
    (f) => `There is no migration '${f.wanted}'.${nearest(f)}`,
    () => 'godwit status lists them; a part of the name is enough where it is unique.',
  ),
  GODWIT_AMBIGUOUS_NAME: entry<{ wanted: string; matches: string[] }>(
    2,
    (f) => `'${f.wanted}' is a part of ${f.matches.length} names: ${f.matches.join(', ')}.`,
    () => 'Write more of the name.',
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
        : `There is no project '${f.wanted}'.${nearest(f)}`,
    (f) => (f.known.length === 0 ? 'Leave --project out.' : `The projects are: ${f.known.join(', ')}`),
  ),
  GODWIT_PROJECT_NEEDED: entry<{ known: string[] }>(
    2,
    (f) => `The config has several projects: ${f.known.join(', ')}.`,
    (f) => `Say which: --project ${f.known[0]}`,
  ),
  GODWIT_DURATION_INVALID: entry<{ where: string; written: string }>(
    2,
    (f) => `'${f.written}' is not a duration (${f.where}).`,
    () => 'Durations are written 500ms, 90s, 2m; a bare number is seconds.',
  ),
  GODWIT_NO_DATABASE: entry<{ variable: string }>(
    2,
    () => 'No place names a database.',
    (f) =>
      `Set 'database' in the config, ${f.variable}, or --database-url. Without a server: database: 'embedded', or: godwit db`,
  ),
  GODWIT_EMBEDDED_NOT_ALLOWED: entry<{ source: string }>(
    2,
    (f) => `The embedded database was asked for by ${f.source} in production or CI. Nothing was run.`,
    () => "If that is meant, write database: 'embedded' in the config itself.",
  ),
  GODWIT_CONFIRM_PRODUCTION: entry<{ action: string; database: string; goes: string[] }>(
    5,
    (f) =>
      `'${f.database}' is a production database. ${f.action} would take: ${shortList(f.goes)}. Nothing was changed.`,
    (f) => `If that is meant: godwit ${f.action} --confirm ${f.database}`,
  ),
  GODWIT_CONFIRM_NEEDED: entry<{ action: string; database: string; goes: string[] }>(
    5,
    (f) => `${f.action} of '${f.database}' would take: ${shortList(f.goes)}. Nothing was changed.`,
    (f) => `If that is meant: godwit ${f.action} --yes`,
  ),
  GODWIT_DECLINED: entry<{ action: string }>(
    5,
    (f) => `${f.action} was declined. Nothing was changed.`,
    () => 'Run it again and confirm, if it is meant.',
  ),
  GODWIT_FILE_EXISTS: entry<{ file: string }>(
    2,
    (f) => `${f.file} exists already; it was not overwritten.`,
    () => 'Choose another name.',
  ),
  GODWIT_NOTHING_TO_RESOLVE: entry<{ name: string; state: string }>(
    2,
    (f) => `${f.name} is ${f.state}; there is nothing to resolve.`,
    () => 'godwit status shows the states.',
  ),
  GODWIT_NO_FILE: entry<{ name: string }>(
    2,
    (f) => `${f.name} has no file, so it cannot be settled as applied.`,
    (f) => `Bring the file back, or forget it: godwit resolve ${f.name} --rolled-back`,
  ),
  GODWIT_UNKNOWN_COMMAND: entry<{ command: string; nearest?: string | undefined }>(
    2,
    (f) => `There is no command '${f.command}'.${nearest(f)}`,
    () => 'godwit --help lists them.',
  ),
  GODWIT_UNKNOWN_FLAG: entry<{ flag: string; command: string; nearest?: string | undefined }>(
    2,
    (f) => `${f.command === '' ? 'godwit' : `godwit ${f.command}`} has no flag '${f.flag}'.${nearest(f)}`,
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
  GODWIT_DIRECTION: entry<{ wanted: string; nearest?: string | undefined }>(
    2,
    (f) => `'${f.wanted}' is not a direction.${nearest(f)}`,
    (f) => `The directions are up and down; a name stands behind one: godwit plan up ${f.wanted}`,
  ),
  GODWIT_NAME_NEEDED: entry<{ command: string }>(
    2,
    (f) => `godwit ${f.command} needs a name.`,
    (f) => `Write it behind the command: godwit ${f.command} add-users`,
  ),
  GODWIT_RESOLVE_HOW: entry<{ name: string }>(
    2,
    () => 'resolve needs to be told how: --applied or --rolled-back, one of them.',
    (f) => `godwit resolve ${f.name} --applied, or: godwit resolve ${f.name} --rolled-back`,
  ),
  GODWIT_DB_RUNNING: entry<{ address: string; pid: number; lock: string }>(
    6,
    (f) => `The local PostgreSQL of this project is running already (pid ${f.pid}): ${f.address}`,
    (f) => `Use that one, or stop it with Ctrl-C where it was started. If nothing runs any more, remove ${f.lock}`,
  ),
  GODWIT_DB_PORT_TAKEN: entry<{ port: number }>(
    2,
    (f) => `Port ${f.port} is in use by another program.`,
    () => 'Stop that program, or take another port: godwit db --port <port>. Nothing was started.',
  ),
  GODWIT_DB_FAILED: entry<{ what: string; reason: string; log: string }>(
    8,
    (f) => `The local PostgreSQL ${f.what}: ${f.reason}`,
    (f) => `What the server said is in ${f.log}`,
  ),
  GODWIT_INSTALL_FAILED: entry<{ command: string; reason: string }>(
    2,
    (f) => `'${f.command}' did not work: ${f.reason}`,
    (f) => `What init wrote is in place. When the reason is mended, run it yourself: ${f.command}`,
  ),
} satisfies Record<string, ErrorEntry<never>>

export type ErrorCode = keyof typeof errorTable

/** The facts that the entry of a code is told with. */
export type FactsOf<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>[0]

import { type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

/** The parts of a target that may be shown. */
export interface ConnectionFacts {
  address: string
  user: string
  database: string
  reason: string
}

/** Reaching a database. */
export const connectionErrors = {
  GODWIT_CONNECTION_REFUSED: entry<ConnectionFacts>(
    8,
    (f) => `Nothing answers at ${f.address}: the connection was refused.`,
    (f) =>
      f.address.startsWith('mongodb')
        ? 'Start the server, or correct the address. To get one: a local mongod, docker run -p 27017:27017 mongo, or the package mongodb-memory-server; its URL goes into MONGODB_URI.'
        : 'Start the server, or correct the address. For a local PostgreSQL of this project: godwit db',
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
    (f) => `Create it, for instance: createdb ${shellWord(f.database)}; or correct the name in the database URL.`,
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
  GODWIT_PERMISSION: entry<{ what: string; reason: string }>(
    8,
    (f) => `The database user has no right for ${f.what}: ${f.reason}`,
    () => 'Grant the right, or use a database URL of a role that has it. Nothing was changed.',
  ),
  GODWIT_UNSUPPORTED_DATABASE: entry<{ what: string }>(
    2,
    (f) => `${f.what} is not supported. Godwit works with PostgreSQL 14 and later.`,
    () => 'Nothing was changed.',
  ),
  GODWIT_FORMAT_DATABASE: entry<{ format: string; needed: 'PostgreSQL' | 'MongoDB'; address: string }>(
    2,
    (f) => `The format '${f.format}' is for ${f.needed}, and the database is ${f.address}.`,
    (f) =>
      `Give a URL that begins with ${f.needed === 'MongoDB' ? 'mongodb://' : 'postgres://'}, or name the right format in the config. Nothing was run.`,
  ),
  GODWIT_EMBEDDED_IN_USE: entry<{ folder: string; pid: number; host?: string; remove?: string }>(
    6,
    (f) =>
      `Another process${f.pid === 0 ? '' : ` (pid ${f.pid}${f.host === undefined ? '' : ` on ${f.host}`})`} uses the embedded database in ${f.folder}. One at a time can.`,
    (f) =>
      `Wait until it is done. ${f.remove === undefined ? 'For several at once, start a real server: godwit db' : `If nothing uses it any more, remove ${shellWord(f.remove)}`}`,
  ),
  GODWIT_EMBEDDED_FOLDER: entry<{ target: string; reason: string }>(
    2,
    (f) => `${f.target} cannot be the folder of an embedded database: ${f.reason}.`,
    () => 'Name an empty or a new folder: embedded:<folder>. For the usual one: embedded. Nothing was written.',
  ),
  GODWIT_URL_INVALID: entry<{ reason: string }>(
    2,
    (f) => `The database URL is not valid: ${f.reason}.`,
    () =>
      'It looks like postgres://user:password@host:5432/database; special characters in user and password must be percent-encoded.',
  ),
  GODWIT_MONGO_URL_INVALID: entry<{ reason: string }>(
    2,
    (f) => `The database URL is not valid: ${f.reason}`,
    () =>
      'It looks like mongodb://user:password@host:27017/database; special characters in user and password must be percent-encoded.',
  ),
  GODWIT_NO_TRANSACTIONS: entry<{ name: string }>(
    5,
    (f) => `${f.name} asks for a transaction, and a standalone MongoDB server has none. Nothing was run.`,
    () => 'Use a replica set (a single member is enough), or take transaction: true out of the migration.',
  ),
  GODWIT_SHADOW_NEEDED: entry<Record<never, never>>(
    2,
    () => 'There is no server for a scratch database: neither --shadow nor the config names one. Nothing was run.',
    () => 'A database of its own is made there and dropped again: --shadow mongodb://127.0.0.1:27017',
  ),
  GODWIT_CHECK_FORMAT: entry<{ format: string }>(
    2,
    (f) => `This check is for the formats of MongoDB, and this is '${f.format}'.`,
    () => 'On PostgreSQL a migration and its history row are one transaction: it is never run half.',
  ),
  GODWIT_READ_ONLY: entry<{ database: string; names: string[] }>(
    5,
    (f) =>
      `'${f.database}' is a replica or read-only${f.names.length === 0 ? '' : `, and there is something to do: ${f.names.join(', ')}`}. Nothing was changed.`,
    () => 'Run it against the primary server.',
  ),
  GODWIT_NO_DATABASE: entry<{ variable: string; tables: boolean }>(
    2,
    () => 'No database: neither flag nor environment nor config gives a URL.',
    (f) =>
      `Set ${f.tables ? 'DATABASE_URL' : 'MONGODB_URI'} or ${f.variable} in the environment or in .env beside the config, 'database' in the config, or --database-url. ${f.tables ? "Without a server: database: 'embedded', or: godwit db" : 'It looks like mongodb://127.0.0.1:27017/app. For a local MongoDB: godwit db'}`,
  ),
  GODWIT_EMBEDDED_NOT_ALLOWED: entry<{ source: string }>(
    2,
    (f) => `The embedded database was asked for by ${f.source} in production or CI. Nothing was run.`,
    () => "If that is meant, write database: 'embedded' in the config itself.",
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
  GODWIT_NO_MONGOD: entry<Record<never, never>>(
    2,
    () => 'There is no MongoDB to start here: no mongod on the PATH, no mongodb-memory-server in the project.',
    () =>
      'Get one of them, or run docker run -p 27017:27017 mongo, and put its URL into MONGODB_URI. Nothing was started.',
  ),
  GODWIT_MONGOD_FAILED: entry<{ program: string; reason: string }>(
    8,
    (f) => `${f.program} could not be started: ${f.reason}`,
    () => 'The data of this project is in .godwit/mongodb. Nothing runs.',
  ),
  GODWIT_DB_FAILED: entry<{ what: string; reason: string; log: string }>(
    8,
    (f) => `The local PostgreSQL ${f.what}: ${f.reason}`,
    (f) => `What the server said is in ${f.log}`,
  ),
} satisfies ErrorEntries

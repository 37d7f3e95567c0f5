import { type ErrorEntries, entry } from './entry.js'

/** The formats' own rules. */
export const formatsErrors = {
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
  GODWIT_PRISMA_NO_SCHEMA: entry<{ where: string }>(
    2,
    (f) => `There is no Prisma schema at ${f.where}.`,
    () =>
      'Write it, or say where it is: `schema` in prisma.config.ts, or `prisma: { schema }` in the config of Godwit.',
  ),
  GODWIT_PRISMA_SCHEMA: entry<{ problems: { text: string; file?: string; line?: number }[] }>(
    2,
    ({ problems: [first, ...others] }) =>
      `The Prisma schema is not valid: ${first?.text}${others.map(({ text, file, line }) => `\n  ${file}:${line}: ${text}`).join('')}`,
    () => 'Correct the schema. Nothing was written.',
  ),
  GODWIT_PRISMA_ENGINE: entry<{ reason: string; code?: string | undefined }>(
    1,
    (f) => `Prisma's engine says${f.code === undefined ? '' : ` ${f.code}`}: ${f.reason}`,
    () => 'Nothing was written. What its codes mean: https://www.prisma.io/docs/orm/reference/error-reference',
  ),
  GODWIT_PRISMA_UNREADABLE_SQL: entry<{ sql: string }>(
    5,
    (f) => `Prisma's engine writes SQL that PostgreSQL cannot read: ${f.sql}`,
    () =>
      'It does not double a double quote within a name. Name that column or table otherwise with @map or @@map, or write the migration by hand: godwit create <name>. Nothing was written.',
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
  GODWIT_TYPEORM_NO_DATA_SOURCE: entry<Record<never, never>>(
    2,
    () => 'No TypeORM data source was found, so there are no entities to compare.',
    () =>
      'Name its file: `typeorm: { dataSource }` in the config, or -d <file>. It exports one DataSource. Nothing was written.',
  ),
  GODWIT_TYPEORM_ENTITIES: entry<{ file: string; reason: string }>(
    2,
    (f) => `TypeORM refuses the entities of ${f.file}: ${f.reason}`,
    () => 'Mend the entity, then run the command again. Nothing was run.',
  ),
  GODWIT_TYPEORM_TWO_ENTITIES: entry<{ table: string; entities: { name: string; file: string | null }[] }>(
    2,
    (f) => {
      const both = f.entities.map(({ name, file }) => (file === null ? name : `${name} in ${file}`))
      return `Two entities are for the table '${f.table}': ${both.join(' and ')}.`
    },
    (f) =>
      f.entities[0]?.name === f.entities[1]?.name
        ? "It may be one class that was loaded twice, from a source and from what was built of it: name one of them in 'entities'. Nothing was written."
        : 'Give one of them a table of its own, or synchronize: false to one that only looks at it. Nothing was written.',
  ),
  GODWIT_TYPEORM_JOIN_TABLE: entry<{
    table: string
    entity: { name: string; file: string | null }
    relation: { name: string; file: string | null }
  }>(
    2,
    (f) => {
      const named = ({ name, file }: { name: string; file: string | null }) =>
        file === null ? name : `${name} in ${file}`
      return `The table '${f.table}' is that of the entity ${named(f.entity)}, and with other columns the one that joins the relation ${named(f.relation)}.`
    },
    () =>
      'Give the join table a name of its own, or let the entity decide what the table is: @JoinTable({ name, synchronize: false }). Nothing was written.',
  ),
  GODWIT_TYPEORM_CLASS_MISSING: entry<{ name: string; file: string }>(
    2,
    (f) => `${f.file} does not export a migration named '${f.name}' when it is imported.`,
    () => 'Export the class, and give it the name the history knows. Nothing was run.',
  ),
  GODWIT_MONGO_NO_DOWN: entry<{ file: string }>(
    2,
    (f) => `${f.file} has no 'down'.`,
    () =>
      'Write the way back, or say that there is none: `down: false` in a migration object, `exports.down = false` in a module. Nothing was run.',
  ),
  GODWIT_MONGO_NOT_A_MIGRATION: entry<{ file: string; reason: string; line?: number; name?: string }>(
    2,
    ({ file, reason, line, name }) =>
      `The migration${name === undefined ? '' : ` '${name}'`} ${line === undefined ? `in ${file}` : `at ${file}:${line}`} cannot be used: ${reason}`,
    () =>
      "A migration is an object: { name: '001-add-users', up: async () => {}, down: async () => {} }. Nothing was run.",
  ),
  GODWIT_MONGO_NOT_FOUND: entry<{ file: string; line: number; entry: string; reason: string }>(
    2,
    (f) => `${f.entry}, listed at ${f.file}:${f.line}, cannot be found: ${f.reason}`,
    () => 'Import it from the file that exports it, or take it out of the array. Nothing was run.',
  ),
  GODWIT_MONGO_NO_ARRAY: entry<{ file: string }>(
    2,
    (f) => `${f.file} holds no array of migrations.`,
    () =>
      'Write it as: export const migrations = [ … ]; or name the folder of the migrations in the config. Nothing was run.',
  ),
  GODWIT_MONGO_NOT_EXPORTED: entry<{ name: string; file: string }>(
    2,
    (f) => `${f.file} does not export the migration '${f.name}'.`,
    () => 'Export it, or the array that it stands in: it has to be imported to run. Nothing was run.',
  ),
  GODWIT_MONGO_TRANSACTION: entry<{ name: string; file: string; direction: string }>(
    2,
    (f) => `${f.name} in ${f.file} says 'transaction: true', and its '${f.direction}' takes no session.`,
    (f) =>
      `Only what is given the session takes part in a transaction: ${f.direction}: async ({ db, session }) => {}. Nothing was run.`,
  ),
  GODWIT_MONGOOSE_ELSEWHERE: entry<{ connected: string; wanted: string }>(
    2,
    (f) => `mongoose is connected to ${f.connected} already, and the migrations are for ${f.wanted}.`,
    () =>
      'A migration must not work on another database than its history. Connect both to one, or neither. Nothing was run.',
  ),
} satisfies ErrorEntries

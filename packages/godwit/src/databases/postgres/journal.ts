import type { Direction } from '../../engine/migration.js'
import { ident, literal } from '../../sql/quote.js'

/**
 * What became of a step: `open` began outside a transaction and has not ended; `settled` was closed by hand; `resumed`
 * was gone on with by a later entry.
 */
export type JournalOutcome = 'done' | 'failed' | 'open' | 'resumed' | 'settled' | 'adopted' | 'passed'

/** Place and kind of one statement; never its literals (rule 38). */
export interface StatementMark {
  tag: string
  line: number | null
  hash: string
  /**
   * It runs outside of a transaction: when it is the one behind `done`, some of what it does may be there. `unclear`: nothing
   * can tell.
   */
  apart?: true | 'unclear' | undefined
}

/** One row of `step`. */
export interface JournalEntry {
  name: string
  direction: Direction
  outcome: JournalOutcome
  hash: string | null
  mode: string | null
  statements: readonly StatementMark[]
  error?: string | undefined
  /** Where an open step belongs (rule 11). */
  anchor?: string | undefined
}

/**
 * The SQL of Godwit's own records: what was run, by whom, with what outcome. It is memory, never the truth: the
 * format's history is (rule 11). Every name is qualified (rule 19).
 */
export class Journal {
  readonly schema: string
  /** The history table the entries are about, as `schema.table`. */
  readonly history: string

  constructor(schema: string, history: string) {
    this.schema = schema
    this.history = history
  }

  /** Qualified and quoted. */
  get stepTable(): string {
    return `${ident(this.schema)}.step`
  }

  /** Makes schema and tables under a transaction lock, because `IF NOT EXISTS` alone races (rule 32). */
  create(): string {
    const s = ident(this.schema)
    return schemaLocked(`CREATE SCHEMA IF NOT EXISTS ${s};\n${journalTables(s)}`)
  }

  /** Opens a run; its id comes back. */
  beginRun(run: { command: string; version: string; host: string; osUser: string; pid: number }): string {
    return `INSERT INTO ${ident(this.schema)}.run (command, version, host, os_user, pid) VALUES (${[
      literal(run.command),
      literal(run.version),
      literal(run.host),
      literal(run.osUser),
      run.pid,
    ].join(', ')}) RETURNING id`
  }

  endRun(run: string, outcome: 'done' | 'failed'): string {
    return `UPDATE ${ident(this.schema)}.run SET finished_at = clock_timestamp(), outcome = ${literal(outcome)} WHERE id = ${run}`
  }

  /** Writes one entry. `startedAt` is an SQL expression, `done` counts statements; `RETURNING id` is left to the caller. */
  insert(run: string | null, entry: JournalEntry, startedAt = 'now()', done = 0): string {
    const ended = entry.outcome === 'open' ? 'NULL' : 'clock_timestamp()'
    return `INSERT INTO ${ident(this.schema)}.step (run, history, name, direction, outcome, hash, mode, statements, done, error, anchor, started_at, finished_at) VALUES (${[
      run ?? 'NULL',
      literal(this.history),
      literal(entry.name),
      literal(entry.direction),
      literal(entry.outcome),
      literal(entry.hash),
      literal(entry.mode),
      literal(JSON.stringify(entry.statements)),
      done,
      literal(entry.error ?? null),
      literal(entry.anchor ?? null),
      startedAt,
      ended,
    ].join(', ')})`
  }

  /**
   * The entry of a step that is one transaction and done: `$1` its run, `$2` its name, `$3` direction, `$4` hash, `$5`
   * statements, `$6` how many.
   */
  insertDone(): string {
    return `INSERT INTO ${ident(this.schema)}.step (run, history, name, direction, outcome, hash, mode, statements, done, started_at, finished_at) VALUES ($1, ${literal(this.history)}, $2, $3, 'done', $4, 'one', $5, $6, now(), clock_timestamp())`
  }

  /** Closes entries of a migration that were left open. */
  closeOpen(name: string, outcome: 'failed' | 'settled' | 'resumed'): string {
    return `UPDATE ${ident(this.schema)}.step SET outcome = ${literal(outcome)}, finished_at = clock_timestamp() WHERE history = ${literal(this.history)} AND name = ${literal(name)} AND outcome = 'open'`
  }

  /**
   * Says how far an open step has come.
   *
   * @param apart what the statement behind those that are done may have left; `false`: nothing
   */
  progress(
    id: string,
    done: number,
    { error, apart }: { error?: string; apart?: StatementMark['apart'] | false } = {},
  ): string {
    const said = error === undefined ? '' : `, error = ${literal(error)}`
    const at = `'{${done},apart}'`
    const marked = apart ? `jsonb_set(statements, ${at}, ${literal(JSON.stringify(apart))})` : `statements #- ${at}`
    const left = apart === undefined ? '' : `, statements = ${marked}`
    return `UPDATE ${ident(this.schema)}.step SET done = ${done}${said}${left} WHERE id = ${id}`
  }

  finish(id: string, done: number): string {
    return `UPDATE ${ident(this.schema)}.step SET outcome = 'done', done = ${done}, finished_at = clock_timestamp() WHERE id = ${id}`
  }

  setProduction(on: boolean): string {
    const s = ident(this.schema)
    return on
      ? `INSERT INTO ${s}.setting (key, value) VALUES ('production', 'true') ON CONFLICT (key) DO UPDATE SET value = 'true'`
      : `DELETE FROM ${s}.setting WHERE key = 'production'`
  }
}

// 'godwit' and 'godwits' as bytes: fixed for ever, since every version must exclude every other.
/** Held by whoever runs migrations in a database. */
export const RUNNER_LOCK = 0x67_6f_64_77_69_74n
const SCHEMA_LOCK = 0x67_6f_64_77_69_74_73n

/** What makes something in Godwit's own schema, in a transaction by itself. */
export function schemaLocked(statements: string): string {
  return `BEGIN;\nSELECT pg_advisory_xact_lock(${SCHEMA_LOCK});\n${statements}\nCOMMIT`
}

function journalTables(s: string): string {
  return `CREATE TABLE IF NOT EXISTS ${s}.run (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  command text NOT NULL,
  version text NOT NULL,
  host text NOT NULL,
  os_user text NOT NULL,
  pid integer NOT NULL,
  db_user text NOT NULL DEFAULT current_user,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  outcome text
);
CREATE TABLE IF NOT EXISTS ${s}.step (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run bigint REFERENCES ${s}.run (id),
  history text NOT NULL,
  name text NOT NULL,
  direction text NOT NULL,
  outcome text NOT NULL,
  hash text,
  mode text,
  statements jsonb NOT NULL DEFAULT '[]',
  done integer NOT NULL DEFAULT 0,
  error text,
  anchor text,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX IF NOT EXISTS step_history_name ON ${s}.step (history, name, id);
CREATE INDEX IF NOT EXISTS step_unsettled ON ${s}.step (history) WHERE outcome IN ('open', 'passed');
CREATE TABLE IF NOT EXISTS ${s}.setting (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE IF NOT EXISTS ${s}.lease (
  id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  fence bigint NOT NULL UNIQUE DEFAULT 0,
  owner text,
  command text,
  version text,
  pooled boolean NOT NULL DEFAULT false,
  backend integer,
  backend_start timestamptz,
  acquired_at timestamptz,
  expires_at timestamptz NOT NULL DEFAULT '-infinity',
  at text
);
INSERT INTO ${s}.lease DEFAULT VALUES ON CONFLICT DO NOTHING;`
}

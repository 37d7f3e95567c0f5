import { hostname } from 'node:os'
import type pg from 'pg'
import { ident, literal } from '../../../sql/quote.js'
import type { RunIdentity } from '../../contract.js'
import { LEASE_MS, ownerName, ownerOf, userName } from '../../lease/owner.js'

const LEASE = `interval '${LEASE_MS} milliseconds'`

/** Who has the lease, as its row says it. */
export interface LeaseHolder {
  fence: string
  /** `user@host/pid`. */
  owner: string
  /** The verb, never the command line (rule 38). */
  command: string
  /** Held without a session lock, through a transaction pooler. */
  pooled: boolean
  /** It ran out, by the server's clock. */
  expired: boolean
  /** Its working session is still there. */
  alive: boolean
  /** That session is at work, or was within the time of a lease, or may not be looked at: it is not known to be frozen. */
  busy: boolean
  /** Of that session. */
  backend: number
  seconds: number
  /** The migration at work, as of the last renewal. */
  at: string | null
}

/** How a lease is taken. */
export interface TakeOptions {
  /** There is no session to hold a lock. */
  pooled: boolean
  /** The fence of a lease that is our own already. */
  mine: string | null
  /** Opens the run's journal row as well. */
  opensRun: boolean
  /** Only when nobody holds these advisory locks. */
  unlessLocked?: readonly bigint[]
}

/**
 * The lease: one row that says who runs migrations, with a number that grows with every owner (rule 3). It is free when
 * it ran out, or when its owner had a session lock, which the taker holds now. Every time is the server's.
 */
export class Lease {
  readonly #table: string
  readonly #run: string

  constructor(schema: string) {
    this.#table = `${ident(schema)}.lease`
    this.#run = `${ident(schema)}.run`
  }

  /**
   * Takes the lease and opens the run's journal row, in one statement; no row comes back when it is not free. `FOR
   * UPDATE` waits for no one: a transaction of the former owner still holds the row (invariant 4).
   */
  take(identity: RunIdentity, options: TakeOptions): string {
    const { pooled, mine, opensRun, unlessLocked = [] } = options
    const owner = literal(ownerName())
    const free = ['expires_at < clock_timestamp()', 'NOT pooled', ...(mine === null ? [] : [`fence = ${mine}`])]
    const unlocked = unlessLocked.map((key) => ` AND pg_try_advisory_xact_lock(${key})`).join('')
    const run = `INSERT INTO ${this.#run} (command, version, host, os_user, pid) SELECT ${[
      literal(identity.command),
      literal(identity.version),
      literal(hostname()),
      literal(userName()),
      process.pid,
    ].join(', ')} FROM taken RETURNING id`
    return `WITH free AS (
  SELECT id FROM ${this.#table} WHERE id = 1 AND (${free.join(' OR ')})${unlocked} FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE ${this.#table} AS l SET fence = l.fence + 1, owner = ${owner}, command = ${literal(identity.command)},
    version = ${literal(identity.version)}, pooled = ${pooled}, backend = pg_backend_pid(), backend_start = ${STARTED},
    acquired_at = clock_timestamp(), expires_at = clock_timestamp() + ${LEASE}, at = NULL
  FROM free WHERE l.id = free.id RETURNING l.fence
)${opensRun ? `, opened AS (${run}) SELECT taken.fence, opened.id FROM taken, opened` : ' SELECT fence, NULL FROM taken'}`
  }

  /** Makes its row anew where it is gone, as behind a restore without data. */
  async mend(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM ${this.#table}) AS there`)
    if (rows[0]?.there === false) await client.query(`INSERT INTO ${this.#table} DEFAULT VALUES ON CONFLICT DO NOTHING`)
  }

  /**
   * Renews it while it is still the one of `$1`; no row is changed when it is not. `$2` is the migration at work. Never the
   * fence itself: that would wait for the steps.
   */
  get renewal(): string {
    return `UPDATE ${this.#table} SET expires_at = clock_timestamp() + ${LEASE}, at = $2 WHERE fence = $1`
  }

  giveBack(fence: string): string {
    return `UPDATE ${this.#table} SET owner = NULL, expires_at = '-infinity', at = NULL WHERE fence = ${fence}`
  }

  /**
   * Takes the lease from its owner by hand: what the owner has under way can no longer be committed. No row comes back while
   * a transaction of the owner's holds it.
   */
  revoke(fence: string): string {
    return `WITH held AS (SELECT id FROM ${this.#table} WHERE fence = ${fence} FOR UPDATE SKIP LOCKED)
UPDATE ${this.#table} AS l SET fence = l.fence + 1, owner = NULL, expires_at = '-infinity', at = NULL
FROM held WHERE l.id = held.id RETURNING 1`
  }

  /**
   * The question that every transaction of a step begins with: it fails when the lease is another's, and keeps others
   * from taking it until the transaction ends.
   */
  fence(fence: string): string {
    return `SELECT 1 / count(*) FROM (SELECT FROM ${this.#table} WHERE fence = ${fence} FOR KEY SHARE) AS held`
  }

  /** A prepared transaction that asked for it, and keeps others from taking it for as long as it is there. */
  async prepared(client: pg.Client): Promise<string | undefined> {
    const { rows } = await client.query<{ gid: string }>(
      `SELECT p.gid FROM pg_catalog.pg_prepared_xacts AS p JOIN pg_catalog.pg_locks AS t ON t.transactionid = p.transaction
       JOIN pg_catalog.pg_locks AS l USING (virtualtransaction)
       WHERE t.pid IS NULL AND l.pid IS NULL AND l.relation = to_regclass($1)`,
      [this.#table],
    )
    return rows[0]?.gid
  }

  /** Who holds it; nothing when nobody does, or when it cannot be read. */
  async holder(client: pg.Client): Promise<LeaseHolder | undefined> {
    try {
      const { rows } = await client.query<LeaseHolder>(
        `SELECT l.fence, l.owner, l.command, l.pooled, l.backend, l.at, l.expires_at < clock_timestamp() AS expired,
           a.pid IS NOT NULL AS alive,
           a.pid IS NOT NULL AND coalesce(a.state = 'active' OR a.state_change > clock_timestamp() - ${LEASE}, true) AS busy,
           round(extract(epoch FROM clock_timestamp() - l.acquired_at))::int AS seconds
         FROM ${this.#table} AS l
         LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.backend AND a.backend_start = l.backend_start
         WHERE l.id = 1 AND l.owner IS NOT NULL`,
      )
      return rows[0]
    } catch (error) {
      // No schema yet, or no right to look.
      if (['42P01', '3F000', '42501'].includes((error as { code?: string }).code ?? '')) return undefined
      throw error
    }
  }
}

const STARTED = '(SELECT backend_start FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid())'

/** A holder for people: `deploy@web-2 (pid 311, up), 18 s, at AddBilling`. */
export function describeHolder(holder: LeaseHolder): string {
  const { command, seconds, at, pooled, expired } = holder
  const pid = holder.owner.slice(holder.owner.lastIndexOf('/') + 1)
  return [
    `${ownerOf(holder)} (pid ${pid}, ${command})`,
    `${seconds} s`,
    ...(at === null ? [] : [`at ${at}`]),
    ...(pooled ? ['through a pooler'] : []),
    ...(expired ? ['not heard of any more'] : []),
  ].join(', ')
}

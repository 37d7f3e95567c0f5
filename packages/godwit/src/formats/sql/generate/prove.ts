import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { inWords, type Ours, readState } from './facts.js'
import type { Statement } from './mend.js'
import type { Delta, FactBase, PgDelta } from './pg-delta.js'

/** What was found to work, and what people should know of it. */
export interface Proven {
  up: string[]
  down: string[]
  notes: string[]
}

/**
 * Runs the way there and the way back on the shadow, and looks where they lead. What is in the shadow afterwards is of no
 * use to anybody.
 *
 * @throws GODWIT_GENERATE_UNPROVEN when the way there fails or leads elsewhere
 */
export async function prove(
  library: PgDelta,
  client: pg.Client,
  ours: Ours,
  ways: { up: readonly Statement[]; down: readonly Statement[] },
  states: { before: FactBase; after: FactBase },
): Promise<Proven> {
  await client.query('SET check_function_bodies = off')
  const up = await run(client, ways.up)
  if (up.failed !== undefined) throw new GodwitError('GODWIT_GENERATE_UNPROVEN', up.failed, { cause: up.cause })
  const left = await differences(library, client, ours, states.after)
  if (left.length > 0) throw new GodwitError('GODWIT_GENERATE_UNPROVEN', { left })
  const down = await run(client, ways.down)
  if (down.failed !== undefined)
    return {
      up: up.done,
      down: down.done,
      notes: [`Its way back fails: ${down.failed.reason}: ${down.failed.statement}`],
    }
  const notBack = await differences(library, client, ours, states.before)
  const notes = notBack.length === 0 ? [] : [`Its way back does not lead quite back: ${notBack.join(', ')}`]
  return { up: up.done, down: down.done, notes }
}

interface Run {
  /** As they worked; all of them, whatever failed. */
  done: string[]
  failed?: { statement: string; reason: string }
  cause?: unknown
}

async function run(client: pg.Client, statements: readonly Statement[]): Promise<Run> {
  const done: string[] = []
  for (const [index, statement] of statements.entries()) {
    try {
      done.push(await runOne(client, statement))
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      done.push(...statements.slice(index).map(({ sql }) => sql))
      return { done, failed: { statement: statement.sql, reason }, cause }
    }
  }
  return { done }
}

async function runOne(client: pg.Client, { sql, plain }: Statement): Promise<string> {
  if (plain !== undefined) {
    try {
      await client.query(plain)
      return plain
    } catch {
      // There is no cast that the server would make by itself.
    }
  }
  await client.query(sql)
  return sql
}

async function differences(library: PgDelta, client: pg.Client, ours: Ours, wanted: FactBase): Promise<string[]> {
  const { facts } = await readState(library, client, ours)
  return [...new Set([...library.diff(facts, wanted).map(told), ...(await invalidIndexes(client))])]
}

function told(delta: Delta): string {
  if (delta.verb === 'set') return `${inWords(delta.id)} (${delta.attr})`
  return inWords('fact' in delta ? delta.fact.id : delta.edge.from)
}

// pg-delta does not tell an index that nothing can use from one that works.
async function invalidIndexes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid',
  )
  return rows.map(({ name }) => `index ${name} (not valid)`)
}

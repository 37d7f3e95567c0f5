import type pg from 'pg'
import { difference } from '../../../catalog/read.js'
import { GodwitError } from '../../../errors.js'
import { extensionLacking } from '../../../shadow/extension-lacking.js'
import type { FailedStatement } from '../../contract.js'
import { inWords, type Ours, readState, type State } from './facts.js'
import type { Statement } from './mend.js'
import type { Delta, PgDelta } from './pg-delta.js'

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
 * @throws GODWIT_GENERATE_UNPROVEN when the way there fails or leads elsewhere, GODWIT_SHADOW_EXTENSION
 */
export async function prove(
  library: PgDelta,
  client: pg.Client,
  ours: Ours,
  ways: { up: readonly Statement[]; down: readonly Statement[] },
  states: { before: State; after: State },
): Promise<Proven> {
  await client.query('SET check_function_bodies = off')
  const up = await run(client, ways.up)
  if (up.failed !== undefined) {
    const { cause, failed } = up
    throw (
      extensionLacking('The migration', failed.reason, { cause }) ??
      new GodwitError('GODWIT_GENERATE_UNPROVEN', failed, { cause })
    )
  }
  const there = await readState(library, client, ours)
  const left = differences(library, there, states.after)
  if (left.length > 0) throw new GodwitError('GODWIT_GENERATE_UNPROVEN', { left })
  const notes = unseen('It leads there but for', there, states.after)
  const down = await run(client, ways.down)
  if (down.failed !== undefined)
    return {
      up: up.done,
      down: down.done,
      notes: [...notes, `Its way back fails: ${down.failed.reason}: ${down.failed.statement}`],
    }
  const back = await readState(library, client, ours)
  const notBack = differences(library, back, states.before)
  if (notBack.length > 0) notes.push(`Its way back does not lead quite back: ${notBack.join(', ')}`)
  else notes.push(...unseen('Its way back leads back but for', back, states.before))
  return { up: up.done, down: down.done, notes }
}

interface Run {
  /** As they worked; all of them, whatever failed. */
  done: string[]
  failed?: FailedStatement
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

function differences(library: PgDelta, found: State, wanted: State): string[] {
  const invalid = [...found.catalog.values()].filter(({ kind, says }) => kind === 'index' && says.endsWith('| invalid'))
  return [
    ...new Set([
      ...library.diff(found.facts, wanted.facts).map(told),
      ...invalid.map(({ at }) => `index ${at.join('.')} (not valid)`),
    ]),
  ]
}

function told(delta: Delta): string {
  if (delta.verb === 'set') return `${inWords(delta.id)} (${delta.attr})`
  return inWords('fact' in delta ? delta.fact.id : delta.edge.from)
}

// Such as the names of the indexes that partitions have.
function unseen(says: string, found: State, wanted: State): string[] {
  const { gone, made, changed } = difference(found.catalog, wanted.catalog)
  const all = [...new Set([...gone, ...made, ...changed])]
  return all.length === 0 ? [] : [`${says}: ${all.join(', ')}`]
}

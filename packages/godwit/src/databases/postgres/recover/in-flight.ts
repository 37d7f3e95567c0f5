import { loadParser } from '../../../sql/classify.js'
import { type InDoubt, inDoubt } from '../../../sql/in-doubt.js'
import { literal } from '../../../sql/quote.js'
import type { StepOptions } from '../../contract.js'
import type { CompiledStatement } from '../compile.js'
import type { WorkingSession } from '../working-session.js'
import { ask } from './ask.js'
import { sameDefinition } from './index-definition.js'
import { dropConcurrently, type FoundIndex, indexesOf, restsOfReindex } from './indexes.js'
import { outlastOrphans } from './orphans.js'

/** What became of the statement that was under way. `unclear` says why it can neither count as done nor be run again. */
export type Verdict = { is: 'done' } | { is: 'again' } | { is: 'unclear'; why: string }

const AGAIN: Verdict = { is: 'again' }
const DONE: Verdict = { is: 'done' }

/**
 * Looks up what became of a statement that ran outside of a transaction when its session died, and takes away what must
 * go before it is run again. The session has the migration's settings again, by which names are found.
 *
 * @throws GodwitError GODWIT_LOCKED when another session is still at it; MessageFailure
 */
export async function lookUp(
  session: WorkingSession,
  { text }: CompiledStatement,
  options: StepOptions,
): Promise<Verdict> {
  await loadParser()
  const about = inDoubt(text)
  if (about.kind === 'unknown')
    return { is: 'unclear', why: 'nothing in the database tells how far such a statement came' }
  const tell = (message: string) => options.onEvent({ type: 'recovery', message })
  const { connection } = session
  await outlastOrphans(session, text, await buildingNow(session, about), options)
  switch (about.kind) {
    case 'create-index':
      return indexMade(session, text, about, tell)
    case 'reindex':
      for (const rest of await restsOfReindex(connection, about)) await drop(session, rest, tell)
      return AGAIN
    case 'drop-index': {
      const [found] = await ask<{ there: boolean }>(
        connection,
        `SELECT to_regclass(${literal(about.index)}) IS NOT NULL AS there`,
      )
      return found?.there ? AGAIN : DONE
    }
    case 'detach':
      return detached(session, about, tell)
    case 'create':
    case 'drop': {
      const there = await objectThere(session, about.object, about.name)
      return there === (about.kind === 'create') ? DONE : AGAIN
    }
    case 'repeatable':
      return AGAIN
  }
}

async function buildingNow({ connection }: WorkingSession, about: InDoubt): Promise<number[]> {
  if (about.kind !== 'create-index' || about.index === undefined) return []
  const found = await indexesOf(connection, about.table, about.index)
  return found.filter(({ bare, valid }) => bare === about.index && !valid).map(({ oid }) => oid)
}

async function indexMade(
  session: WorkingSession,
  text: string,
  about: Extract<InDoubt, { kind: 'create-index' }>,
  tell: (message: string) => void,
): Promise<Verdict> {
  const all = await indexesOf(session.connection, about.table, about.index)
  const same = ({ definition }: FoundIndex) => sameDefinition(session, text, about.table, definition)
  if (about.index === undefined) return unnamedIndex(session, all, same, tell)
  const found = all.find(({ bare }) => bare === about.index)
  // With IF NOT EXISTS the server itself goes past one that is there.
  if (found === undefined || (found.valid && about.ifNotExists)) return AGAIN
  if (!found.onTable) return { is: 'unclear', why: `an index of its name, ${found.name}, stands on another table` }
  if (!found.valid) {
    await drop(session, found, tell)
    return AGAIN
  }
  const equal = await same(found)
  if (equal) return DONE
  const why = equal === undefined ? 'cannot be compared with' : 'is not'
  return { is: 'unclear', why: `the index ${found.name} is there, and ${why} the one that it makes` }
}

// The server chose a name: only an INVALID index can be told to be its rest.
async function unnamedIndex(
  session: WorkingSession,
  all: readonly FoundIndex[],
  same: (index: FoundIndex) => Promise<boolean | undefined>,
  tell: (message: string) => void,
): Promise<Verdict> {
  for (const found of all) {
    if (!(await same(found))) continue
    if (found.valid)
      return { is: 'unclear', why: `whether it made ${found.name}, which is such an index, cannot be told` }
    await drop(session, found, tell)
  }
  return AGAIN
}

async function drop(session: WorkingSession, { name }: FoundIndex, tell: (message: string) => void): Promise<void> {
  tell(`${name} is INVALID and is dropped`)
  await dropConcurrently(session, name)
}

async function detached(
  { connection }: WorkingSession,
  { table, partition }: Extract<InDoubt, { kind: 'detach' }>,
  tell: (message: string) => void,
): Promise<Verdict> {
  const [row] = await ask<{ there: boolean; pending: boolean | null }>(
    connection,
    `SELECT to_regclass(${literal(partition)}) IS NOT NULL AS there, (SELECT inhdetachpending FROM pg_catalog.pg_inherits
      WHERE inhrelid = to_regclass(${literal(partition)}) AND inhparent = to_regclass(${literal(table)})) AS pending`,
  )
  if (row?.pending) {
    tell(`${partition} is half detached: this is finished`)
    await connection.send(`ALTER TABLE ${table} DETACH PARTITION ${partition} FINALIZE`)
    return DONE
  }
  return row?.there && row.pending === null ? DONE : AGAIN
}

// A database whose dropping was interrupted is still there, and is dropped again.
async function objectThere(
  { connection }: WorkingSession,
  object: 'database' | 'tablespace',
  name: string,
): Promise<boolean> {
  const from =
    object === 'database'
      ? `pg_catalog.pg_database WHERE datname = ${literal(name)}`
      : `pg_catalog.pg_tablespace WHERE spcname = ${literal(name)}`
  return (await ask<{ there: boolean }>(connection, `SELECT true AS there FROM ${from}`)).length > 0
}

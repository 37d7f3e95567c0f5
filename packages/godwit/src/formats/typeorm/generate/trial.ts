import type pg from 'pg'
import { type Catalog, difference, readCatalog, type TableName } from '../../../catalog/read.js'
import type { Query } from '../typeorm-shapes.js'
import type { Proposal } from './proposals.js'

/** What trying proposals on the shadow showed. */
export interface Trial {
  /** Those that change something. */
  effective: Proposal[]
  /** For people: what the trial cannot say, or what a way back leaves. */
  notes: string[]
}

/** The server's code for a value of an enum that was added in the same transaction. */
const UNSAFE_NEW_VALUE = '55P04'

/**
 * Runs proposals within the open transaction, takes them back, and leaves out those that changed nothing: TypeORM compares texts, and
 * the server writes many of them in another way. What is left is proven to lead to the same place, and its way back is tried.
 */
export async function tryOut(client: pg.Client, proposals: readonly Proposal[]): Promise<Trial> {
  const read = () => readCatalog(client, tablesOf(proposals))
  const before = await read()
  const all = await runAndTakeBack(client, proposals, before, read)
  if (all.failed) return { effective: [...proposals], notes: [noteOf(all.error)] }
  const effective = proposals.filter(({ key }) => key === undefined || isChanged(key, before, all.after))
  const left = effective.length === proposals.length ? all : await runAndTakeBack(client, effective, before, read)
  if (left.failed || isDifferent(all.after, left.after)) return { effective: [...proposals], notes: all.notes }
  return { effective, notes: left.notes }
}

// Of many tables only those are read that something is about, where that is known of everything.
function tablesOf(proposals: readonly Proposal[]): TableName[] | undefined {
  const tables = proposals.flatMap(({ table }) => table ?? [])
  return proposals.every(({ table, key }) => table !== undefined || key !== undefined) ? tables : undefined
}

type Outcome = { failed: true; error: unknown } | { failed: false; after: Catalog; notes: string[] }

async function runAndTakeBack(
  client: pg.Client,
  proposals: readonly Proposal[],
  before: Catalog,
  read: () => Promise<Catalog>,
): Promise<Outcome> {
  await client.query('SAVEPOINT godwit_trial')
  try {
    await run(
      client,
      proposals.flatMap(({ up }) => up),
    )
    const after = await read()
    const notes = await wayBack(client, proposals, before, read)
    return { failed: false, after, notes }
  } catch (error) {
    return { failed: true, error }
  } finally {
    await client.query('ROLLBACK TO godwit_trial')
  }
}

async function wayBack(
  client: pg.Client,
  proposals: readonly Proposal[],
  before: Catalog,
  read: () => Promise<Catalog>,
): Promise<string[]> {
  try {
    await run(
      client,
      proposals.toReversed().flatMap(({ down }) => down),
    )
  } catch (error) {
    return [`Its way back fails: ${messageOf(error)}`]
  }
  const { gone, made, changed } = difference(before, await read())
  const other = [...gone, ...made, ...changed]
  return other.length === 0 ? [] : [`Its way back does not lead quite back: ${other.join(', ')}`]
}

async function run(client: pg.Client, queries: readonly Query[]): Promise<void> {
  for (const { query, parameters } of queries) await client.query(query, parameters)
}

function isChanged(key: string, before: Catalog, after: Catalog): boolean {
  return before.get(key)?.says !== after.get(key)?.says
}

function isDifferent(a: Catalog, b: Catalog): boolean {
  const { gone, made, changed } = difference(a, b)
  return gone.length + made.length + changed.length > 0
}

function noteOf(error: unknown): string {
  const { code } = error as { code?: string }
  if (code === UNSAFE_NEW_VALUE)
    return 'It uses a value of an enum that it adds: PostgreSQL wants a commit between, so split it into two migrations.'
  return `It was tried on the replayed history and fails there: ${messageOf(error)}`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

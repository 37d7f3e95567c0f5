import type pg from 'pg'
import { type Catalog, difference, readCatalog, type TableName } from '../../../catalog/read.js'
import type { FailedStatement } from '../../contract.js'
import type { Query } from '../typeorm-shapes.js'
import type { Proposal } from './proposals.js'

/** What trying proposals on the shadow showed. */
export interface Trial {
  /** Those that change something. */
  effective: Proposal[]
  /** What the ways back leave out, to be run behind them all: indexes of a view that was dropped and made again. */
  again: string[]
  /** For people: what the trial cannot say, or what a way back leaves. */
  notes: string[]
  /** What the way there fails with. */
  failing?: FailedStatement
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
  const attempt = (some: readonly Proposal[], run: Run) => runAndTakeBack(client, some, run, { before, read })
  let way: Run = runAll
  let all = await attempt(proposals, way)
  if (all.failed && isUnsafe(all.error)) {
    way = runWhatIsSafe
    all = await attempt(proposals, way)
  }
  if (all.failed) return { effective: [...proposals], again: [], ...toldOf(all.error) }
  const stays = staying(before, all)
  const effective = proposals.filter(stays)
  const left = effective.length === proposals.length ? all : await attempt(effective, way)
  const isSame = !left.failed && !isDifferent(all.after, left.after)
  const { again, notes } = isSame ? left : all
  return { effective: isSame ? effective : [...proposals], again, notes }
}

// Of many tables only those are read that something is about, where that is known of everything.
function tablesOf(proposals: readonly Proposal[]): TableName[] | undefined {
  const tables = proposals.flatMap(({ table }) => table ?? [])
  return proposals.every(({ table, key }) => table !== undefined || key !== undefined) ? tables : undefined
}

type Outcome = { failed: true; error: RefusedQuery } | Came
/** Where proposals led to. `passed`: those that could not be run, as they use a value of an enum that another one adds. */
type Came = Back & { failed: false; after: Catalog; passed: readonly Proposal[] }
type Back = Pick<Trial, 'again' | 'notes'>
type Run = (client: pg.Client, proposals: readonly Proposal[]) => Promise<Proposal[]>

async function runAndTakeBack(
  client: pg.Client,
  proposals: readonly Proposal[],
  runUp: Run,
  { before, read }: { before: Catalog; read: () => Promise<Catalog> },
): Promise<Outcome> {
  await client.query('SAVEPOINT godwit_trial')
  try {
    const passed = await runUp(client, proposals)
    const after = await read()
    const back = passed.length > 0 ? { again: [], notes: [unsafeNote] } : await wayBack(client, proposals, before, read)
    return { failed: false, after, ...back, passed }
  } catch (error) {
    if (!(error instanceof RefusedQuery)) throw error
    return { failed: true, error }
  } finally {
    await client.query('ROLLBACK TO godwit_trial')
  }
}

const runAll: Run = async (client, proposals) => {
  for (const { up } of proposals) await run(client, up)
  return []
}

const runWhatIsSafe: Run = async (client, proposals) => {
  const passed: Proposal[] = []
  for (const proposal of proposals) {
    await client.query('SAVEPOINT godwit_proposal')
    try {
      await run(client, proposal.up)
    } catch (error) {
      if (!isUnsafe(error)) throw error
      await client.query('ROLLBACK TO godwit_proposal')
      passed.push(proposal)
    }
  }
  return passed
}

async function wayBack(
  client: pg.Client,
  proposals: readonly Proposal[],
  before: Catalog,
  read: () => Promise<Catalog>,
): Promise<Back> {
  const left = async () => {
    const { gone, made, changed } = difference(before, await read())
    return { gone, other: [...gone, ...made, ...changed] }
  }
  try {
    await run(
      client,
      proposals.toReversed().flatMap(({ down }) => down),
    )
  } catch (error) {
    return { again: [], notes: [`Its way back fails: ${messageOf(error)}`] }
  }
  const { gone, other } = await left()
  if (other.length === 0) return { again: [], notes: [] }
  const again = gone.flatMap((key) => indexText(before, key) ?? [])
  const rest = (await isRun(client, again)) ? (await left()).other : other
  const notes = rest.length === 0 ? [] : [`Its way back does not lead quite back: ${rest.join(', ')}`]
  return { again: rest === other ? [] : again, notes }
}

// The server's own text for it; what it says behind that is no statement.
function indexText(before: Catalog, key: string): string | undefined {
  const object = before.get(key)
  return object?.kind === 'index' && !object.says.includes(' | ') ? object.says : undefined
}

async function isRun(client: pg.Client, statements: readonly string[]): Promise<boolean> {
  if (statements.length === 0) return false
  await client.query('SAVEPOINT godwit_again')
  try {
    for (const statement of statements) await client.query(statement)
    return true
  } catch {
    await client.query('ROLLBACK TO godwit_again')
    return false
  }
}

/** Where TypeORM makes or drops an index without keeping others out, which no transaction can. */
export const concurrently = /^((?:CREATE (?:UNIQUE )?|DROP )INDEX) CONCURRENTLY\b/

async function run(client: pg.Client, queries: readonly Query[]): Promise<void> {
  for (const { query, parameters } of queries) {
    try {
      // In here it cannot be built beside others, and there are none.
      await client.query(query.replace(concurrently, '$1'), parameters)
    } catch (cause) {
      throw new RefusedQuery(query, cause)
    }
  }
}

class RefusedQuery extends Error {
  readonly statement: string
  readonly code: unknown

  constructor(statement: string, cause: unknown) {
    super(messageOf(cause), { cause })
    this.statement = statement
    this.code = (cause as { code?: unknown }).code
  }
}

// What uses a value that was not there before is a change, and all else that is about its object may depend on it. A column says
// nothing of the values of its enum.
function staying(before: Catalog, { after, passed }: Came): (proposal: Proposal) => boolean {
  const open = new Set(passed.map(({ key }) => key))
  const { gone, made, changed } = difference(before, after)
  const types = [...gone, ...made, ...changed].flatMap((key) => {
    const object = after.get(key) ?? before.get(key)
    return object?.kind === 'enum' ? [`"${object.at.at(-1)}"`] : []
  })
  return ({ key, up }) =>
    key === undefined ||
    open.has(key) ||
    before.get(key)?.says !== after.get(key)?.says ||
    up.some(({ query }) => types.some((type) => query.includes(type)))
}

function isDifferent(a: Catalog, b: Catalog): boolean {
  const { gone, made, changed } = difference(a, b)
  return gone.length + made.length + changed.length > 0
}

const unsafeNote =
  'It uses a value of an enum that it adds: PostgreSQL wants a commit between, so split it into two migrations.'

function toldOf({ statement, message }: RefusedQuery): Pick<Trial, 'notes' | 'failing'> {
  const notes = [`It was tried on the replayed history and fails there: ${message}`]
  return { notes, failing: { statement, reason: message } }
}

function isUnsafe(error: unknown): boolean {
  return error instanceof RefusedQuery && error.code === UNSAFE_NEW_VALUE
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

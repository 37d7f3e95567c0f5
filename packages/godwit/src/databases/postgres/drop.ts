import { GodwitError } from '../../errors.js'
import { ident, literal } from '../../sql/quote.js'
import { OBJECTS, OUTSIDERS } from './droppable-sql.js'
import { knownHistories } from './known-histories.js'
import { begin } from './opening.js'
import { hasRecords } from './seeding/history.js'
import type { WorkingSession } from './working-session.js'

interface Droppable {
  what: string
  drop: string
}

interface ObjectRow {
  kind: string
  target: string
  shown: string
  class: string
  oid: string
  owner: string
  owned: boolean
}

interface OutsiderRow {
  dependent: string
  object: string
  cast: string | null
}

const JOURNAL_TABLES = new Set(['run', 'step', 'setting', 'lease', 'seed', 'seed_row'])

/**
 * What dropping would take, in words, in the order it goes. What other roles own is left, with a warning.
 *
 * @throws GodwitError GODWIT_DEPENDENTS when something else would go with it, GODWIT_PERMISSION when the history is
 * another role's
 */
export async function listDroppable(session: WorkingSession): Promise<string[]> {
  const { objects, left } = await find(session)
  if (left.length > 0)
    session.options.warn(`Left where it is, because other roles own it: ${left.map(withOwner).join(', ')}`)
  return objects.map((object) => object.what)
}

/** The tables of the project that hold data, without histories. */
export interface ProjectTables {
  schema: string
  /** Those of the current role. */
  tables: string[]
  /** Those of other roles, in words. */
  left: string[]
  /** Histories of other tools. */
  histories: string[]
}

/** Finds the tables that can be emptied, by the same rules as {@link listDroppable}. */
export async function projectTables(session: WorkingSession): Promise<ProjectTables> {
  const { client, table, options } = session
  const schema = schemaOf(session)
  const { rows } = await client.query<ObjectRow>(OBJECTS, [schema])
  const own = new Set([table.name, ...(options.ownTables ?? []), ...(await historiesIn(session, schema))])
  const tables = rows.filter((row) => row.kind === 'TABLE' && !isJournal(session, row) && !own.has(row.shown))
  const known = await knownHistories(client, schema)
  const histories = tables.map((row) => row.shown).filter((name) => known.includes(name))
  const emptied = tables.filter((row) => !histories.includes(row.shown))
  const mine = emptied.filter((row) => row.owned)
  const left = emptied.filter((row) => !row.owned)
  return { schema, tables: mine.map((row) => row.shown), left: left.map(withOwner), histories }
}

// Of other projects in the same schema, as far as the journal knows of them.
async function historiesIn({ client, journal, journaled }: WorkingSession, schema: string): Promise<string[]> {
  if (!journaled) return []
  const { rows } = await client.query<{ history: string }>(`SELECT DISTINCT history FROM ${journal.stepTable}`)
  const begin = `${schema}.`
  return rows.filter(({ history }) => history.startsWith(begin)).map(({ history }) => history.slice(begin.length))
}

/**
 * Drops what the current role itself owns in the schema of the history table: never extensions' objects, never the
 * schema itself, never another schema, never what was not listed before (rule 34); and forgets the journal's steps of
 * this history, and which rows seeds put there. One transaction.
 *
 * @param listed what {@link listDroppable} said
 * @throws GodwitError GODWIT_DEPENDENTS, GODWIT_PERMISSION, GODWIT_DROP_FAILED, GODWIT_LEASE_LOST; nothing was changed
 */
export async function dropEverything(session: WorkingSession, listed: readonly string[]): Promise<void> {
  const { journal, journaled, connection } = session
  const forget = journaled
    ? [
        `UPDATE ${journal.stepTable} SET outcome = 'settled' WHERE history = ${literal(journal.history)} AND outcome IN ('open', 'passed')`,
      ]
    : []
  // Rows with the same keys that come later are not those that seeds put there.
  if (journaled && (await hasRecords(session)))
    forget.push(`DELETE FROM ${ident(journal.schema)}.seed_row WHERE table_schema = ${literal(schemaOf(session))}`)
  try {
    await begin(session, { name: 'the reset', file: undefined })
    // Looked at again in the transaction of the drops: what hangs on the objects may have changed since.
    const { objects } = await find(session, new Set(listed))
    await connection.send([...objects.map((object) => object.drop), ...forget, 'COMMIT'].join(';\n'))
  } catch (error) {
    throw await dropFailed(session, error)
  }
}

async function find(
  session: WorkingSession,
  listed?: ReadonlySet<string>,
): Promise<{ objects: Droppable[]; left: ObjectRow[] }> {
  const { client, table, history } = session
  const schema = schemaOf(session)
  const { rows } = await client.query<ObjectRow>(OBJECTS, [schema])
  const all = rows.filter((row) => !isJournal(session, row))
  const left = all.filter((row) => !row.owned)
  const historyOf = left.find((row) => row.kind === 'TABLE' && row.shown === table.name)
  if (historyOf !== undefined)
    throw new GodwitError('GODWIT_PERMISSION', {
      what: `dropping ${history}`,
      reason: `its owner is ${historyOf.owner}`,
    })
  const mine = all.filter((row) => row.owned)
  const casts = await castsOf(session, schema, mine, listed)
  const objects = mine.map((row) => ({
    what: inWords(row),
    drop: `DROP ${row.kind} IF EXISTS ${ident(schema)}.${row.target} CASCADE`,
  }))
  return { objects: [...casts, ...objects].filter(({ what }) => listed === undefined || listed.has(what)), left }
}

/** Wants nothing else to go with what goes. Casts have neither schema nor owner: they go with their types. */
async function castsOf(
  { client }: WorkingSession,
  schema: string,
  mine: readonly ObjectRow[],
  listed: ReadonlySet<string> | undefined,
): Promise<Droppable[]> {
  const going = mine.filter((row) => listed === undefined || listed.has(inWords(row)))
  const { rows } = await client.query<OutsiderRow>(OUTSIDERS, [
    going.map((row) => row.class),
    going.map((row) => row.oid),
    schema,
    [...new Set(mine.map((row) => row.owner))],
  ])
  const casts = rows
    .filter((row) => row.cast !== null)
    .map(({ cast }) => ({ what: `cast ${cast}`, drop: `DROP CAST IF EXISTS ${cast} CASCADE` }))
  const unlisted = new Set(casts.map(({ what }) => what).filter((what) => listed !== undefined && !listed.has(what)))
  const others = rows.filter((row) => row.cast === null || unlisted.has(`cast ${row.cast}`))
  if (others.length > 0)
    throw new GodwitError('GODWIT_DEPENDENTS', {
      schema,
      dependents: others.map(({ dependent, object }) => `${dependent} depends on ${object}`),
    })
  return casts
}

function schemaOf({ journal, table }: WorkingSession): string {
  return journal.history.slice(0, journal.history.length - table.name.length - 1)
}

function isJournal(session: WorkingSession, { kind, shown }: ObjectRow): boolean {
  return session.journal.schema === schemaOf(session) && kind === 'TABLE' && JOURNAL_TABLES.has(shown)
}

function inWords({ kind, shown }: ObjectRow): string {
  return `${kind.toLowerCase()} ${shown}`
}

function withOwner(row: ObjectRow): string {
  return `${inWords(row)} (${row.owner})`
}

async function dropFailed({ connection, journal }: WorkingSession, error: unknown): Promise<unknown> {
  const reason = (error as Error).message
  if (connection.lost !== undefined)
    return new GodwitError('GODWIT_OUTCOME_UNKNOWN', { name: 'the reset', reason }, { cause: error })
  await connection.send('ROLLBACK')
  if (error instanceof GodwitError) return error
  const code = ((error as Error).cause as { code?: string } | undefined)?.code ?? (error as { code?: string }).code
  return code === '42501'
    ? new GodwitError('GODWIT_PERMISSION', { what: `dropping what ${journal.history} made`, reason }, { cause: error })
    : new GodwitError('GODWIT_DROP_FAILED', { reason }, { cause: error })
}

import type pg from 'pg'
import type { DatabaseError } from 'pg'
import { type Catalog, difference, readCatalog } from '../../../catalog/read.js'
import type { Shadow } from '../../../shadow/contract.js'
import { ident } from '../../../sql/quote.js'
import type { FailedStatement } from '../../contract.js'
import { readStatements } from './changes.js'
import { prepareSession } from './session.js'

/** Both ways, as they are going to be written. */
export interface Ways {
  up: string
  down: string
}

/** What was found when both were run. All absent: the one leads there and the other leads back. */
export interface Tried {
  /** What the server says against a statement of the up; the down was not run then. */
  upFails?: FailedStatement
  /** What the server says against the down. */
  downFails?: string
  /** Where the down leads elsewhere, in words. */
  strays?: string[]
  /** It failed because a transaction cannot use the value that it adds to an enum. */
  needsCommits?: boolean
}

/**
 * Runs the way there and the way back on the replayed state, compares the catalogues, and takes it all back.
 *
 * @param client in a transaction, in the state before the migration
 */
export async function tryWays(client: pg.Client, ways: Ways): Promise<Tried> {
  await client.query('SAVEPOINT trial')
  const tried = await run(client, ways)
  await client.query('ROLLBACK TO SAVEPOINT trial')
  return tried
}

/**
 * The same on a copy of the replayed state, where every statement is committed.
 *
 * @param wanted the schema that the project's URL names
 */
export async function tryOnCopy(shadow: Shadow, ways: Ways, wanted: string | undefined): Promise<Tried> {
  const copy = await shadow.copy()
  try {
    const client = await copy.connect()
    try {
      const schema = await prepareSession(client, wanted)
      await client.query(`COMMIT; SET search_path TO ${ident(schema)}`)
      return await run(client, ways)
    } finally {
      await client.end()
    }
  } finally {
    await copy.close()
  }
}

async function run(client: pg.Client, { up, down }: Ways): Promise<Tried> {
  const before = await readCatalog(client)
  const there = await failureOf(client, up)
  if (there !== undefined) {
    const { needsCommits, ...upFails } = there
    return { upFails, needsCommits }
  }
  const back = await failureOf(client, down)
  if (back !== undefined) return { downFails: back.reason, needsCommits: back.needsCommits }
  const strays = inWords(before, await readCatalog(client))
  return strays.length === 0 ? {} : { strays }
}

async function failureOf(
  client: pg.Client,
  script: string,
): Promise<(FailedStatement & { needsCommits: boolean }) | undefined> {
  // The change of an enum brings a transaction of its own, which would end the one that is taken back.
  for (const statement of readStatements(script).filter((each) => !/^(?:BEGIN|COMMIT)\b/i.test(each))) {
    try {
      await client.query(statement)
    } catch (error) {
      const { code, message, detail } = error as DatabaseError
      const reason = detail === undefined ? message : `${message} (${detail})`
      return { statement, reason: reason.replaceAll('\n', '; '), needsCommits: code === '55P04' }
    }
  }
  return undefined
}

function inWords(before: Catalog, after: Catalog): string[] {
  const { gone, made, changed } = difference(before, after)
  const told = (says: string, keys: readonly string[]) => (keys.length === 0 ? [] : [`${says} ${keys.join(', ')}`])
  return [...told('does not bring back', gone), ...told('leaves', made), ...told('brings back in another way', changed)]
}

import { literal } from '../../../sql/quote.js'

/** Stands for what the role may not read. */
const UNKNOWN = '-'

/** Answers one SELECT with the text of the first row's columns. */
export type Question = (select: string) => Promise<(string | null)[]>

/**
 * Where a step of the journal belongs: the cluster, the database and the history table, by their numbers. A dump that was
 * restored and a history that was made anew have another one (rule 11).
 *
 * @param history qualified and quoted
 */
export async function readAnchor(ask: Question, history: string): Promise<string> {
  const [database, table, may] = await ask(
    `SELECT d.oid::text AS database, to_regclass(${literal(history)})::oid::text AS history,
      has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')::text AS may
     FROM pg_catalog.pg_database AS d WHERE d.datname = current_database()`,
  )
  const cluster = may === 'true' ? await clusterOf(ask) : null
  return [cluster, database, table].map((part) => part ?? UNKNOWN).join('/')
}

/** How an anchor of before and that of now lie to each other; what is not known of one of them says nothing. */
export function compareAnchors(before: string, now: string): 'same' | 'another history' | 'another database' {
  const [cluster, database, history] = before.split('/').map((part, i) => {
    const other = now.split('/')[i]
    return part === UNKNOWN || other === UNKNOWN || part === other
  })
  if (!cluster || !database) return 'another database'
  return history ? 'same' : 'another history'
}

// A service may keep the file to itself.
async function clusterOf(ask: Question): Promise<string | null> {
  try {
    const [id] = await ask('SELECT system_identifier::text FROM pg_catalog.pg_control_system()')
    return id ?? null
  } catch {
    return null
  }
}

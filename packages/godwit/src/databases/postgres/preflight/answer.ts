import type pg from 'pg'
import type { Check, RowCheck, TryCheck } from '../../../preflight/check.js'
import {
  EXAMPLES_SHOWN,
  type Example,
  type Found,
  type PreflightOptions,
  SIZE_BUDGET,
  TIME_BUDGET,
  TIME_BUDGET_IN_ALL,
} from '../../../preflight/finding.js'
import { ident } from '../../../sql/quote.js'

/**
 * Answers checks one by one, in a read-only transaction under a statement timeout that is over when it returns (rule 36).
 *
 * @returns for each check what was found, or nothing
 */
export async function answer(
  client: pg.Client,
  checks: readonly Check[],
  options: PreflightOptions,
): Promise<Found[][]> {
  const limit = options.full ? 0 : TIME_BUDGET
  await client.query('BEGIN READ ONLY')
  try {
    // Who sees only some of the rows is told so by the server.
    await client.query(
      `SET LOCAL statement_timeout = ${limit}; SET LOCAL lock_timeout = '2s'; SET LOCAL row_security = off`,
    )
    const found: Found[][] = []
    const begun = performance.now()
    for (const check of checks) {
      const late = !options.full && performance.now() - begun > TIME_BUDGET_IN_ALL
      const asked = check.kind === 'rows' || check.kind === 'try'
      if (late && asked)
        found.push([note('too-large', 'not checked: the time for it is up; look with --preflight=full')])
      else found.push(await answerOne(client, check, options))
    }
    return found
  } finally {
    await client.query('ROLLBACK')
  }
}

async function answerOne(client: pg.Client, check: Check, options: PreflightOptions): Promise<Found[]> {
  if (check.kind === 'known') return [{ code: check.code, severity: check.severity, message: check.says }]
  if (check.kind !== 'server' && check.bytes > SIZE_BUDGET && !options.full)
    return [note('too-large', `not checked: ${check.table.name} is large; look through it with --preflight=full`)]
  const path = 'path' in check && check.path?.length ? check.path.map(ident).join(', ') : "''"
  await client.query(`SAVEPOINT preflight; ${check.kind === 'server' ? '' : `SET LOCAL search_path = ${path}`}`)
  try {
    if (check.kind === 'rows') return await askRows(client, check, options)
    if (check.kind === 'try') {
      await client.query(check.query)
      return []
    }
    const { rows } = await client.query<{ says: string }>(check.query)
    return rows.map(({ says }) => ({ code: check.code, severity: check.severity, message: says }))
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT preflight')
    return [failed(check, error as ServerSaid, options)]
  }
}

async function askRows(client: pg.Client, check: RowCheck, options: PreflightOptions): Promise<Found[]> {
  const { rows } = await client.query<{ key: string; value: string | null; breaches: string; total: string }>(
    `SELECT key, value, count(*) OVER () AS breaches, sum(rows) OVER () AS total FROM (${check.query}) found LIMIT ${EXAMPLES_SHOWN}`,
  )
  const [first] = rows
  if (first === undefined) return []
  const [breaches, total] = [Number(first.breaches), Number(first.total)]
  const examples = rows.map(({ key, value }): Example => (options.values && value !== null ? { key, value } : { key }))
  const message = check.says(breaches, total)
  return [{ code: check.code, severity: 'error', message, rows: total, examples, query: check.find }]
}

// Data that does not fit, by SQLSTATE class 22: what the server says holds a value.
const withoutValue: Readonly<Record<string, string>> = {
  '22003': 'a value is out of its range',
  '22P02': 'a value has not its form',
  '22007': 'a value is no date or time',
  '22008': 'a date or time is out of its range',
}

interface ServerSaid {
  code?: string
  message?: string
}

function failed(check: Exclude<Check, { kind: 'known' }>, error: ServerSaid, options: PreflightOptions): Found {
  const { code = '', message = '' } = error
  // Without a limit it was somebody who ended it.
  if (code === '57014' && options.full) throw error
  if (code === '57014') return note('too-large', 'not checked: it takes too long; look with --preflight=full')
  if (code === '55P03') return note('not-checkable', 'not checked: somebody else has locked what it is about')
  if (code === '42501') return note('not-checkable', 'not checked: the role may not read all rows that it depends on')
  const ofData = check.kind === 'try' && code.startsWith('22')
  if (!ofData) return note('not-checkable', `not checked: ${code === '' ? message : `the server says ${code}`}`)
  const reason = options.values ? message : (withoutValue[code] ?? `the server says ${code}`)
  return { code: check.code, severity: 'error', message: (check as TryCheck).says(reason) }
}

function note(code: 'not-checkable' | 'too-large', message: string): Found {
  return { code, severity: 'note', message }
}

import type pg from 'pg'
import type { Body, Queryable } from '../../formats/contract.js'
import { placeOfCall } from '../../loading/call-site.js'
import { reasonOf } from '../../loading/error-facts.js'
import type { LintedStatement, NotListed } from '../migration.js'
import { readStatements } from './read-script.js'

type CollectedBody = Extract<Body, { kind: 'collected' }>

/** What a function collects when no database answers it. */
export interface CollectedSource {
  statements: LintedStatement[]
  notListed: NotListed[]
  transaction: boolean
}

/** Lets a migration collect its statements on a connection that answers every question with no rows. */
export async function readCollected(body: CollectedBody, file: string): Promise<CollectedSource> {
  const notListed: NotListed[] = []
  const nobody: Queryable = {
    query: async (text) => {
      const asked = typeof text === 'string' ? text : text.text
      notListed.push({ line: 1, what: `pgm.db: ${asked.replace(/\s+/g, ' ').slice(0, 60)}` })
      return { rows: [], rowCount: 0, command: '', oid: 0, fields: [] } as unknown as pg.QueryResult
    },
  }
  try {
    const { statements: texts, transaction, calls = [] } = await body.collect(nobody)
    const statements: LintedStatement[] = []
    for (const [index, text] of texts.entries()) {
      const site = calls[index]
      const { line, column } = (site && placeOfCall(site, file)) ?? { line: 1, column: 1 }
      statements.push(...(await readStatements(text, () => ({ line, column }))))
    }
    return { statements, notListed, transaction }
  } catch (error) {
    notListed.push({ line: 1, what: `it needs a database: ${reasonOf(error)}` })
    return { statements: [], notListed, transaction: true }
  }
}

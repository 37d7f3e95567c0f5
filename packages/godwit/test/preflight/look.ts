import pg from 'pg'
import { onTestFinished } from 'vitest'
import { readFacts } from '../../src/databases/postgres/facts/read-facts.js'
import { answer } from '../../src/databases/postgres/preflight/answer.js'
import { evolve } from '../../src/impact/evolve.js'
import { Schema } from '../../src/impact/schema.js'
import { checksOf } from '../../src/preflight/checks-of.js'
import type { Found } from '../../src/preflight/finding.js'
import { loadParser, parseStatement } from '../../src/sql/parser.js'

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

/** What preflight finds of a script, whose statements are parted by `; `. */
export async function look(client: pg.Client, script: string, values = true): Promise<Found[]> {
  await loadParser()
  const schema = new Schema(await readFacts(client))
  const found: Found[][] = []
  for (const sql of script.split('; ')) {
    const tree = parseStatement(sql)
    if (tree === undefined) throw new Error(`not parsed: ${sql}`)
    found.push(...(await answer(client, checksOf(tree, schema), { full: false, values })))
    evolve(schema, tree)
  }
  return found.flat()
}

/** Why the script fails; everything is undone. */
export async function failure(client: pg.Client, script: string): Promise<string | undefined> {
  await client.query('BEGIN')
  try {
    await client.query(script)
    return undefined
  } catch (error) {
    return String(error)
  } finally {
    await client.query('ROLLBACK')
  }
}

export const errorsIn = (found: readonly Found[]) =>
  found.filter(({ severity }) => severity === 'error').map(({ code }) => code)

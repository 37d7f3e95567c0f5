import type { Body } from '../formats/contract.js'
import { type CallSite, callSite } from '../loading/call-site.js'
import { loadParser } from '../sql/classify.js'
import { parseStatement } from '../sql/parser.js'
import { ScriptReader } from '../sql/split.js'
import type { ShadowDatabase } from './contract.js'

/** A function that is to be recorded. */
export interface Recordable {
  name: string
  body: Extract<Body, { kind: 'function' }>
}

/** What recording came to: statements by name, up to the function that failed. */
export interface Recording {
  statements: Map<string, string[]>
  failed?: { name: string; reason: string }
}

/** Runs functions one after the other on a throwaway database, and notes the statements that each sends. */
export async function recordOn(database: ShadowDatabase, functions: readonly Recordable[]): Promise<Recording> {
  await loadParser()
  const statements = new Map<string, string[]>()
  const client = await database.connect()
  try {
    for (const { name, body } of functions) {
      const noted: string[] = []
      const stop = noteQueries(client, (text) => noted.push(...changesIn(text)))
      try {
        if (body.transaction) await client.query('BEGIN')
        await body.run(client)
        if (body.transaction) await client.query('COMMIT')
      } catch (error) {
        return { statements, failed: { name, reason: error instanceof Error ? error.message : String(error) } }
      } finally {
        stop()
      }
      statements.set(name, noted)
    }
    return { statements }
  } finally {
    await client.end()
  }
}

/**
 * Notes each query that is sent on a connection, and from where.
 *
 * @returns stops it
 */
export function noteQueries(client: { query: unknown }, note: (text: string, site: CallSite) => void): () => void {
  const query = client.query as (...given: unknown[]) => unknown
  const noting = (...given: unknown[]): unknown => {
    const [asked] = given
    const text = typeof asked === 'string' ? asked : (asked as { text?: unknown } | null)?.text
    if (typeof text === 'string') note(text, callSite(noting))
    return query.apply(client, given)
  }
  client.query = noting
  return () => {
    client.query = query
  }
}

/** The statements of a text that was sent, but those of transactions and what an ORM asks the catalogue. The parser is loaded by then. */
export function changesIn(text: string): string[] {
  return statementsIn(text).filter(changesSomething)
}

function statementsIn(text: string): string[] {
  const reader = new ScriptReader()
  return [...reader.push(text), ...reader.end()].flatMap((item) =>
    item.kind === 'statement' ? [item.statement.text] : [],
  )
}

const aboutCatalogue = /\b(?:information_schema|pg_\w+|current_schemas?|current_database|version)\b/i

// What an ORM asks the catalogue is nothing that the migration does.
function changesSomething(text: string): boolean {
  const kind = parseStatement(text)?.kind
  if (kind === 'TransactionStmt') return false
  return kind !== 'SelectStmt' || !aboutCatalogue.test(text)
}

import type pg from 'pg'
import { classifyParsed, classifyPlain, isParserLoaded, loadParser } from '../../sql/classify.js'
import { ScriptReader } from '../../sql/split.js'
import { OUT_OF_GRACE } from '../grace.js'
import { Message } from './message.js'

/** What a function sent to the server while it worked. */
export interface StatementWatch {
  /** How many queries it has sent. */
  sent: () => number
  /** Whether something it sent may have left its mark in the session (rule 19). When in doubt, true. */
  leavesSession: () => Promise<boolean>
  /** From now on the function can send nothing; what Godwit sends passes. */
  refuse: () => void
  /** Something was under way when it was told to refuse, or was refused. */
  cutShort: () => boolean
  /** Gives the client its own `query` back, unless it refuses: the function may still be there. */
  stop: () => void
}

/**
 * Sees the queries that a function sends, and asks the parser about each while the server is at work on it. A query that
 * is no text, such as a cursor, counts as one that leaves its mark.
 *
 * @param before told of each just before it is sent; an error that it gives back keeps it from being sent
 * @param behind told of each just behind it, with what tells how many were sent
 */
export function watchStatements(
  client: pg.Client,
  before: (query: unknown) => Error | undefined = () => undefined,
  behind: (sent: () => number) => void = () => {},
): StatementWatch {
  let sent = 0
  let dirty = false
  let unread: string[] = []
  let refusing = false
  let cutShort = false
  const readUnread = (): void => {
    for (const text of unread) dirty ||= leavesMark(text) === true
    unread = []
  }
  const read = (text: string): void => {
    const leaves = leavesMark(text)
    if (leaves !== undefined) {
      dirty = leaves
      return
    }
    unread.push(text)
    // Whether it could be loaded is asked at the end.
    loadParser().then(readUnread, () => {})
  }
  const query = client.query as (...given: unknown[]) => unknown
  const seen = (...given: unknown[]): unknown => {
    if (given[0] instanceof Message) return query.apply(client, given)
    if (refusing) {
      cutShort = true
      return refusal(given, new Error(OUT_OF_GRACE))
    }
    const refused = before(given[0])
    if (refused !== undefined) return refusal(given, refused)
    const result = query.apply(client, given)
    sent++
    behind(() => sent)
    const text = textOf(given[0])
    if (text === undefined) dirty = true
    else if (!dirty) read(text)
    return result
  }
  client.query = seen as typeof client.query
  return {
    sent: () => sent,
    leavesSession: async () => {
      if (dirty || unread.length === 0) return dirty
      await loadParser()
      readUnread()
      return dirty
    },
    refuse: () => {
      refusing = true
      cutShort ||= !(client as unknown as { readyForQuery: boolean }).readyForQuery
    },
    cutShort: () => cutShort,
    stop: () => {
      if (refusing) return
      Reflect.deleteProperty(client, 'query')
    },
  }
}

// As the client would fail: to a cursor, to a callback where there is one.
function refusal(given: readonly unknown[], error: Error): unknown {
  const [query] = given
  if (typeof query === 'object' && query !== null && 'submit' in query) {
    const { handleError } = query as { handleError?: (error: Error) => void }
    queueMicrotask(() => handleError?.call(query, error))
    return query
  }
  const callback = given.at(-1)
  if (typeof callback !== 'function') return Promise.reject(error)
  queueMicrotask(() => callback(error))
  return undefined
}

function textOf(query: unknown): string | undefined {
  if (typeof query === 'string') return query
  if (typeof query !== 'object' || query === null || 'submit' in query) return undefined
  const { text, name } = query as { text?: unknown; name?: unknown }
  // A named query is a prepared statement, which stays.
  return typeof text === 'string' && name === undefined ? text : undefined
}

/** Nothing when only the parser can tell, and it is not there yet. */
function leavesMark(text: string): boolean | undefined {
  try {
    const reader = new ScriptReader()
    const marks = [...reader.push(text), ...reader.end()].map((item) => {
      if (item.kind !== 'statement' || item.statement.copyFromStdin) return true
      const plain = classifyPlain(item.statement.text)
      if (plain === undefined && !isParserLoaded()) return undefined
      return (plain ?? classifyParsed(item.statement.text)).leavesSession
    })
    return marks.includes(true) || (marks.includes(undefined) ? undefined : false)
  } catch {
    return true
  }
}

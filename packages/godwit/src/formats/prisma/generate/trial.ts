import type pg from 'pg'
import type { DatabaseError } from 'pg'

/**
 * Runs a script on the replayed state and takes it back.
 *
 * @param client in a transaction, with renames made and nothing hidden
 * @returns what the server says against it; `undefined`: nothing, or it brings transactions of its own and cannot be tried
 */
export async function tryScript(
  client: pg.Client,
  script: string,
  statements: readonly string[],
): Promise<string | undefined> {
  if (statements.some((statement) => /^(?:BEGIN|COMMIT)\b/i.test(statement))) return undefined
  await client.query('SAVEPOINT trial')
  try {
    await client.query(script)
    return undefined
  } catch (error) {
    const { code, message, detail } = error as DatabaseError
    // A new value of an enum is used: when it is applied, that is done in two parts.
    if (code === '55P04') return undefined
    return detail === undefined ? message : `${message} (${detail.replaceAll('\n', '; ')})`
  } finally {
    await client.query('ROLLBACK TO SAVEPOINT trial')
  }
}

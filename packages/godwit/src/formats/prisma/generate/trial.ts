import type pg from 'pg'
import type { DatabaseError } from 'pg'

/**
 * Runs a script on the replayed state and takes it back.
 *
 * @param client in a transaction, with renames made and nothing hidden
 * @returns what the server says against it; `undefined`: nothing
 */
export async function tryScript(client: pg.Client, statements: readonly string[]): Promise<string | undefined> {
  // The change of an enum brings a transaction of its own, which would end the one that is taken back.
  const tried = statements.filter((statement) => !/^(?:BEGIN|COMMIT)\b/i.test(statement))
  await client.query('SAVEPOINT trial')
  try {
    await client.query(tried.join(';\n'))
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

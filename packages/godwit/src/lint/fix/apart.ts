import { as } from '../../sql/parser.js'
import type { LintedMigration, LintedStatement } from '../migration.js'

const rows = new Set([
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'COPY',
  'DO',
  'CALL',
  'SELECT',
  'TRUNCATE TABLE',
  'EXECUTE',
])

/** Why the statements of a migration must stay in one transaction; nothing: each may be one of its own. */
export function whyTogether({ transaction, statements, notListed }: LintedMigration): string | undefined {
  if (transaction === 'own') return 'the script begins and ends transactions of its own'
  if (transaction === 'none') return undefined
  if (notListed.length > 0) return 'it also does what is not known as statements, which may need the transaction'
  const data = statements.find((each) => rows.has(each.class.tag))
  if (data !== undefined)
    return `it needs its transaction for ${data.class.tag}; move one of the two into a migration of its own`
  const local = statements.find(isLocal)
  if (local !== undefined) return `${local.class.tag} holds only inside of its transaction`
  const session = statements.find((each) => each.class.blocksResume)
  if (session !== undefined) return `${session.class.tag} does not outlive its session`
  return undefined
}

// Outside of a transaction the server refuses LOCK TABLE, and only warns that the other two do nothing.
function isLocal({ tree }: LintedStatement): boolean {
  if (tree === undefined) return false
  return (
    as(tree, 'VariableSetStmt')?.is_local === true ||
    as(tree, 'LockStmt') !== undefined ||
    as(tree, 'ConstraintsSetStmt') !== undefined
  )
}

import type { LintedMigration } from '../migration.js'

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
  const session = statements.find((each) => each.class.blocksResume)
  if (session !== undefined) return `${session.class.tag} does not outlive its session`
  return undefined
}

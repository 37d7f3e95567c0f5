import { Journal } from '../databases/postgres/journal.js'
import { recordTables } from '../databases/postgres/seeding/record-tables.js'
import { ident } from '../sql/quote.js'
import { loadProject, type ProjectQuery } from './load.js'

const UNKNOWN_ROLE = 'role_that_runs_migrations'

/**
 * The SQL of Godwit's own schema, for a DBA of a database on which migrations may not create schemas (rule 32). Running
 * it twice changes nothing.
 *
 * @param query the project, whose config may name another schema; without a project it is the default one
 * @param url a target to read the migrating role's name from
 * @throws GodwitError for a config that is wrong
 */
export async function schemaSql(
  query: ProjectQuery,
  url: string | undefined,
): Promise<{ schema: string; sql: string }> {
  const config = await configOf(query)
  const schema = config.godwit?.schema ?? 'godwit'
  const target = url ?? query.env.GODWIT_DATABASE_URL ?? config.database ?? query.env.DATABASE_URL
  const role = roleIn(target)
  const s = ident(schema)
  const to = ident(role ?? UNKNOWN_ROLE)
  const grants = [
    `GRANT USAGE ON SCHEMA ${s} TO ${to};`,
    `GRANT SELECT, INSERT, UPDATE ON ${s}.run, ${s}.step TO ${to};`,
    `GRANT SELECT, UPDATE ON ${s}.lease TO ${to};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ${s}.setting TO ${to};`,
    `GRANT SELECT, INSERT ON ${s}.seed TO ${to};`,
    `GRANT SELECT, INSERT, DELETE ON ${s}.seed_row TO ${to};`,
  ]
  const open = role === undefined ? [`-- Put the role in place of ${UNKNOWN_ROLE}.`] : []
  // The grants belong in the same transaction, before its COMMIT.
  const tables = new Journal(schema, '').create().replace(/\nCOMMIT$/, '')
  return { schema, sql: [...open, tables, recordTables(schema), ...grants, 'COMMIT;', ''].join('\n') }
}

async function configOf(query: ProjectQuery): Promise<{ godwit?: { schema?: string }; database?: string | undefined }> {
  const { findConfig } = await import('./find-config.js')
  return findConfig(query.cwd, query.config) === undefined ? {} : (await loadProject(query)).config
}

function roleIn(url: string | undefined): string | undefined {
  try {
    const { protocol, username } = new URL(url ?? '')
    return protocol.startsWith('postgres') && username !== '' ? decodeURIComponent(username) : undefined
  } catch {
    return undefined
  }
}

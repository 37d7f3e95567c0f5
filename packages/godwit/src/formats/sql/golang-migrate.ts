import { relative } from 'node:path'
import type pg from 'pg'
import { GodwitError } from '../../errors.js'
import { ident, qualified } from '../../sql/quote.js'
import type { HistoryTable } from '../contract.js'
import { prefixOf, readSqlFolder } from './list.js'

/**
 * A folder of golang-migrate's looks like one of ours. Where its own table says that it ran here and ours is still empty,
 * everything would run a second time (rule 41).
 *
 * @throws GODWIT_FOREIGN_FOLDER naming the version that golang-migrate came to
 */
export async function refuseGolangHistory(
  client: pg.Client,
  folder: string,
  projectDir: string,
  history: HistoryTable,
): Promise<void> {
  const { ups } = readSqlFolder(folder, projectDir)
  if (!ups.every((up) => up.file.endsWith('.up.sql'))) return
  const version = await golangVersion(client)
  if (version === undefined) return
  const ours = history.schema === null ? ident(history.name) : qualified(history.schema, history.name)
  const { rows } = await client.query<{ used: boolean }>(`SELECT EXISTS (SELECT FROM ${ours}) AS used`)
  if (rows[0]?.used) return
  const last = ups.find((up) => BigInt(prefixOf(up.name) || -1) === BigInt(version))?.name
  throw new GodwitError('GODWIT_FOREIGN_FOLDER', {
    folder: relative(projectDir, folder) || '.',
    tool: 'golang-migrate',
    sign: `its schema_migrations says that this database is at version ${version}${last === undefined ? '' : ` (${last})`}.`,
    advice: 'Say what ran already, one by one up to that version: godwit resolve <name> --applied.',
  })
}

async function golangVersion(client: pg.Client): Promise<string | undefined> {
  const found = await client.query(
    "SELECT FROM pg_attribute WHERE attrelid = to_regclass('schema_migrations') AND attname = 'dirty' AND NOT attisdropped",
  )
  if (found.rowCount === 0) return undefined
  const { rows } = await client.query<{ version: string }>('SELECT version::text AS version FROM schema_migrations')
  return rows[0]?.version
}

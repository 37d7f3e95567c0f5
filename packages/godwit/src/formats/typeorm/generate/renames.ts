import type pg from 'pg'
import type { Catalog } from '../../../catalog/read.js'
import { GodwitError } from '../../../errors.js'
import type { NamesKnown } from '../../answered-names.js'
import type { Rename, RenameAnswers } from '../../contract.js'
import { findNamed, lastName, type Named } from '../../find-named.js'
import { renameStatements } from '../../rename-statements.js'
import type { DataSource } from '../typeorm-shapes.js'
import { pathOf, placeOf, usualSchema } from './changes.js'
import { type Proposal, proposalsOf } from './proposals.js'
import { renamedRecords } from './records.js'

type Place = { schema: string; name: string }

/**
 * Makes the renames on the shadow, with the names of constraints and indexes that TypeORM makes of them.
 *
 * @throws GODWIT_RENAME_UNUSABLE for one whose old name is not there, or whose new one is
 */
export async function rename(
  dataSource: DataSource,
  client: pg.Client,
  renamed: readonly Rename[],
): Promise<Proposal[]> {
  const made: Proposal[] = []
  for (const { from, to } of renamed) {
    try {
      made.push(...(await renameOne(dataSource, client, { from, to })))
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
      throw new GodwitError('GODWIT_RENAME_UNUSABLE', { written: `${from}:${to}`, reason }, { cause: error })
    }
  }
  return made
}

async function renameOne(dataSource: DataSource, client: pg.Client, { from, to }: Rename): Promise<Proposal[]> {
  const usual = usualSchema(dataSource)
  const found = await findNamed(client, from, usual)
  if (found === undefined) throw new Error(`there is no ${from}`)
  const { schema, table, column } = found
  const path = schema === usual ? table : `${schema}.${table}`
  const name = lastName(to)
  // TypeORM reads a dot as the end of a schema.
  const isReadable = ![schema, table].some((each) => each.includes('.'))
  const steps = isReadable
    ? await proposalsOf(dataSource, (runner) =>
        column === undefined ? runner.renameTable(path, name) : runner.renameColumn(path, column, name),
      )
    : [renamedInSql(found, name)]
  const all = [...steps, ...(await renamedRecords(client, dataSource, found, name))]
  for (const { up } of all) for (const { query, parameters } of up) await client.query(query, parameters)
  return all
}

function renamedInSql(found: Named, to: string): Proposal {
  const { up, down } = renameStatements(found, to)
  return { kind: 'other', up: [{ query: up }], down: [{ query: down }] }
}

/** What answers may speak of. */
export function namesKnown(dataSource: DataSource, catalog: Catalog): NamesKnown {
  const { entityMetadatas } = dataSource
  return {
    usual: usualSchema(dataSource),
    before: [...catalog.values()].flatMap(({ kind, at: [schema = '', name = '', column] }) => {
      if (kind === 'table') return [pathOf({ schema, name }, dataSource)]
      return kind === 'column' ? [pathOf({ schema, name }, dataSource, column)] : []
    }),
    after: entityMetadatas.flatMap(({ tablePath, columns }) => {
      const place = placeOf({ name: tablePath }, dataSource)
      return [undefined, ...columns.map(({ databaseName }) => databaseName)].map((name) =>
        pathOf(place, dataSource, name),
      )
    }),
  }
}

/**
 * What looks renamed and was not answered for: a column that goes and one of the same type that comes in one table, a table that comes with
 * just the columns of one in its schema that no entity knows any more.
 */
export async function looksRenamed(
  found: readonly Proposal[],
  catalog: () => Promise<Catalog>,
  dataSource: DataSource,
  { notRenamed }: RenameAnswers,
): Promise<Rename[]> {
  const created = found.some(({ kind }) => kind === 'create table')
  const tables = created ? renamedTables(found, await catalog(), dataSource) : []
  const pairs = [...renamedColumns(found, dataSource), ...tables]
  return pairs.filter((pair) => !notRenamed.some(({ from, to }) => from === pair.from && to === pair.to))
}

function renamedColumns(found: readonly Proposal[], dataSource: DataSource): Rename[] {
  const gone = found.filter(({ kind }) => kind === 'drop column')
  const made = new Set(found.filter(({ kind }) => kind === 'add column'))
  const pairs: Rename[] = []
  for (const { table, columns: [before] = [] } of gone) {
    if (table === undefined || before === undefined) continue
    const match = [...made].find(
      ({ table: at, columns: [after] = [] }) =>
        at !== undefined && at.schema === table.schema && at.name === table.name && after?.type === before.type,
    )
    const after = match?.columns?.[0]
    if (match === undefined || after === undefined) continue
    made.delete(match)
    pairs.push({ from: pathOf(table, dataSource, before.name), to: pathOf(table, dataSource, after.name) })
  }
  return pairs
}

function renamedTables(found: readonly Proposal[], catalog: Catalog, dataSource: DataSource): Rename[] {
  const known = new Set(
    dataSource.entityMetadatas.map(({ tablePath }) => key(placeOf({ name: tablePath }, dataSource))),
  )
  const own = new Set(['typeorm_metadata', dataSource.options.migrationsTableName ?? 'migrations'])
  const orphans = new Map<string, Place>()
  for (const { kind, at } of catalog.values()) {
    const place = { schema: at[0] ?? '', name: at[1] ?? '' }
    if (kind === 'table' && !own.has(place.name) && !known.has(key(place))) orphans.set(key(place), place)
  }
  const pairs: Rename[] = []
  for (const { kind, table, columns = [] } of found) {
    if (kind !== 'create table' || table === undefined) continue
    const names = columns
      .map(({ name }) => name)
      .sort()
      .join('\0')
    const orphan = [...orphans.values()].find(
      (place) => place.schema === table.schema && columnsOf(place, catalog) === names,
    )
    if (orphan === undefined) continue
    orphans.delete(key(orphan))
    pairs.push({ from: pathOf(orphan, dataSource), to: pathOf(table, dataSource) })
  }
  return pairs
}

function columnsOf({ schema, name }: Place, catalog: Catalog): string {
  const columns = [...catalog.values()].filter(
    ({ kind, at }) => kind === 'column' && at[0] === schema && at[1] === name,
  )
  return columns
    .map(({ at }) => at[2])
    .sort()
    .join('\0')
}

function key({ schema, name }: Place): string {
  return `${schema}\0${name}`
}

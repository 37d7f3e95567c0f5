import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { ident, qualified } from '../../../sql/quote.js'
import { shortPath } from '../../answered-names.js'
import type { Rename, RenameAnswers } from '../../contract.js'
import type { Changes } from './changes.js'

/** A rename as SQL, both ways, and the name as it is now. */
interface Found {
  up: string
  down: string
}

/** Statements that make renames and take them back, each in its own order. */
export interface RenameScripts {
  up: string[]
  down: string[]
  /** In the order in which they were made. */
  made: Rename[]
}

/**
 * Makes the renames in the database.
 *
 * @throws GODWIT_RENAME_UNUSABLE for one whose old name is not there
 */
export async function makeRenames(
  client: pg.Client,
  renames: readonly Rename[],
  schema: string,
): Promise<RenameScripts> {
  const made: RenameScripts = { up: [], down: [], made: [] }
  // Columns first; one whose table is named by its new name waits for that.
  let open = renames.toSorted((a, b) => b.from.split('.').length - a.from.split('.').length)
  while (open.length > 0) {
    const left: Rename[] = []
    for (const rename of open) {
      const found = await find(client, rename, schema)
      if (found === undefined) {
        left.push(rename)
        continue
      }
      await client.query(found.up)
      made.up.push(found.up)
      made.down.unshift(found.down)
      made.made.push(rename)
    }
    const [first] = left
    if (left.length === open.length && first !== undefined)
      throw new GodwitError('GODWIT_RENAME_UNUSABLE', {
        written: `${first.from}:${first.to}`,
        reason: `the history makes no ${first.from}`,
      })
    open = left
  }
  return made
}

/** Drops and adds that look like a rename and were not answered for: of one type in one table, or of one shape. */
export function unansweredRenames(up: Changes, down: Changes, { notRenamed }: RenameAnswers, usual: string): Rename[] {
  const asked: Rename[] = []
  for (const added of up.addedColumns) {
    for (const dropped of up.droppedColumns) {
      if (dropped.table !== added.table || dropped.column === added.column) continue
      const before = down.addedColumns.find(
        (each) => sameTable(each.table, dropped.table) && each.column === dropped.column,
      )
      if (before?.type !== added.type) continue
      asked.push({ from: `${dropped.table}.${dropped.column}`, to: `${added.table}.${added.column}` })
    }
  }
  for (const created of up.createdTables) {
    for (const dropped of up.droppedTables) {
      if (schemaIn(dropped) !== schemaIn(created.table)) continue
      const before = down.createdTables.find((each) => sameTable(each.table, dropped))
      if (before?.shape === created.shape) asked.push({ from: dropped, to: created.table })
    }
  }
  const same = (a: string, b: string) => shortPath(a, usual) === shortPath(b, usual)
  return asked.filter(({ from, to }) => !notRenamed.some((each) => same(each.from, from) && same(each.to, to)))
}

// A table that moves to another schema is not renamed.
function schemaIn(table: string): string {
  return table.slice(0, Math.max(0, table.lastIndexOf('.')))
}

// One of the engine's two scripts says the schema and the other does not.
export function sameTable(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

const asColumn = `SELECT n.nspname AS schema, t.relname AS table FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  JOIN pg_attribute a ON a.attrelid = t.oid AND NOT a.attisdropped AND a.attnum > 0
  WHERE n.nspname = $1 AND t.relname = $2 AND a.attname = $3 AND t.relkind IN ('r', 'p')`
const asTable = `SELECT FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE n.nspname = $1 AND t.relname = $2 AND t.relkind IN ('r', 'p')`

async function find(client: pg.Client, { from, to }: Rename, usual: string): Promise<Found | undefined> {
  const parts = from.split('.')
  const last = parts.at(-1) ?? ''
  const wanted = to.split('.').at(-1) ?? ''
  const is = async (query: string, values: string[]) => (await client.query(query, values)).rows.length > 0
  if (parts.length > 1) {
    const [table = '', schema = usual] = parts.slice(0, -1).reverse()
    if (await is(asColumn, [schema, table, last])) {
      const where = `ALTER TABLE ${named(schema, table, usual)} RENAME COLUMN`
      return { up: `${where} ${ident(last)} TO ${ident(wanted)}`, down: `${where} ${ident(wanted)} TO ${ident(last)}` }
    }
  }
  const schema = parts.at(-2) ?? usual
  if (!(await is(asTable, [schema, last]))) return undefined
  return {
    up: `ALTER TABLE ${named(schema, last, usual)} RENAME TO ${ident(wanted)}`,
    down: `ALTER TABLE ${named(schema, wanted, usual)} RENAME TO ${ident(last)}`,
  }
}

function named(schema: string, name: string, usual: string): string {
  return schema === usual ? ident(name) : qualified(schema, name)
}

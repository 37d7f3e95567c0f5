import type pg from 'pg'
import { GodwitError } from '../../../errors.js'
import { pathNames, pathText } from '../../../sql/path.js'
import { ident, qualified } from '../../../sql/quote.js'
import { shortPath } from '../../answered-names.js'
import type { Rename, RenameAnswers } from '../../contract.js'
import { findNamed, isTaken, lastName } from '../../find-named.js'
import { renameStatements } from '../../rename-statements.js'
import type { Changes } from './changes.js'

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
 * @throws GODWIT_RENAME_UNUSABLE for one whose old name is not there, or whose new one is
 */
export async function makeRenames(
  client: pg.Client,
  renames: readonly Rename[],
  schema: string,
): Promise<RenameScripts> {
  const made: RenameScripts = { up: [], down: [], made: [] }
  // Columns first; one whose table is named by its new name waits for that, and one whose new name is not free yet.
  let open = renames.toSorted((a, b) => (pathNames(b.from)?.length ?? 0) - (pathNames(a.from)?.length ?? 0))
  while (open.length > 0) {
    const left: { rename: Rename; reason: string }[] = []
    for (const rename of open) {
      const found = await findNamed(client, rename.from, schema)
      if (found === undefined) {
        left.push({ rename, reason: `the history makes no ${rename.from}` })
        continue
      }
      const name = lastName(rename.to)
      if (await isTaken(client, found, name)) {
        left.push({ rename, reason: `there is a ${rename.to} already` })
        continue
      }
      const { up, down } = renameStatements(found, name, (of, table) => named(of, table, schema))
      await client.query(up)
      made.up.push(up)
      made.down.unshift(down)
      made.made.push(rename)
    }
    const [first] = left
    if (left.length === open.length && first !== undefined)
      throw new GodwitError('GODWIT_RENAME_UNUSABLE', {
        written: `${first.rename.from}:${first.rename.to}`,
        reason: first.reason,
      })
    open = left.map(({ rename }) => rename)
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
      const path = (column: string) => `${added.table}.${pathText([column])}`
      asked.push({ from: path(dropped.column), to: path(added.column) })
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
  return pathText((pathNames(table) ?? []).slice(0, -1))
}

/** Whether two paths mean one table: one of the engine's two scripts says the schema and the other does not. */
export function sameTable(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

function named(schema: string, name: string, usual: string): string {
  return schema === usual ? ident(name) : qualified(schema, name)
}

import type pg from 'pg'
import { pathText } from '../../../sql/path.js'
import type { Changes } from './changes.js'
import type { Handmade } from './handmade.js'
import { sameTable } from './renames.js'

/** For people: `index User_name_part on User`. */
export function describeHandmade({ kind, name, table }: Handmade): string {
  if (kind === 'column') return `generated column ${table}.${name}`
  if (kind === 'comment') return `comment on ${name}`
  if (kind === 'row security') return `row security on ${name}`
  if (kind === 'expression') return `what ${table}.${name} is generated from`
  return table === null ? `${kind} ${name}` : `${kind} ${name} on ${table}`
}

/**
 * Those that the engine would drop although no model can say them, and those on what it drops, which it could not make again as
 * they were.
 */
export function toHide(handmade: readonly Handmade[], changes: Changes): Handmade[] {
  return handmade.filter((each) => {
    const { kind, name, hide } = each
    if (hide === null) return false
    if (kind === 'table') return changes.droppedTables.some((table) => sameTable(table, full(each)))
    if (kind === 'type') return changes.droppedTypes.some((type) => sameTable(type, full(each)))
    if (kind === 'expression')
      return changes.droppedDefaults.some((of) => of.column === name && sameTable(of.table, tableOf(each)))
    if (kind === 'index' && changes.droppedIndexes.some((index) => sameTable(index, full(each)))) return true
    return goesWith(each, changes)
  })
}

/** Hides them from the engine; not what something else needs, such as a foreign key its index. */
export async function hide(client: pg.Client, handmade: readonly Handmade[]): Promise<void> {
  for (const { hide } of handmade) {
    if (hide === null) continue
    await client.query('SAVEPOINT hiding')
    try {
      await client.query(hide)
    } catch (error) {
      if ((error as pg.DatabaseError).code !== DEPENDENT_OBJECTS) throw error
      await client.query('ROLLBACK TO SAVEPOINT hiding')
    }
  }
}

const DEPENDENT_OBJECTS = '2BP01'

/** Those that go with a table or a column that the migration drops. */
export function lostWith(handmade: readonly Handmade[], changes: Changes): Handmade[] {
  return handmade.filter((each) => each.kind !== 'expression' && goesWith(each, changes))
}

function goesWith(each: Handmade, changes: Changes): boolean {
  if (each.table === null) return false
  const table = tableOf(each)
  return (
    changes.droppedTables.some((dropped) => sameTable(dropped, table)) ||
    changes.droppedColumns.some((gone) => sameTable(gone.table, table) && each.columns.includes(gone.column))
  )
}

function full({ schema, name }: Handmade): string {
  return pathText([schema, name])
}

function tableOf({ schema, table }: Handmade): string {
  return pathText([schema, table ?? undefined])
}

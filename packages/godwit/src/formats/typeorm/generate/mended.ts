import type { Query, TableColumn } from '../typeorm-shapes.js'

/**
 * TypeORM's own records name the database that it was connected to. A migration runs on others: it asks for the name
 * where it runs.
 *
 * @param database the name that TypeORM has put in
 */
export function ofAnyDatabase(given: Query, database: string | undefined): Query {
  const { query, parameters = [] } = given
  const index = parameters.indexOf(database)
  if (index < 0 || !query.includes('typeorm_metadata')) return given
  const renumbered = query.replaceAll(/\$(\d+)/g, (_, digits: string) => {
    const n = Number(digits)
    return n === index + 1 ? 'current_database()' : `$${n > index + 1 ? n - 1 : n}`
  })
  return { query: renumbered, parameters: parameters.toSpliced(index, 1) }
}

/** The way back from a new value of an enum makes the type anew, which a default of the old type does not survive. */
export function withoutDefault(down: readonly Query[], path: string, column: TableColumn): Query[] {
  const alter = `ALTER TABLE ${path} ALTER COLUMN "${column.name}"`
  return [{ query: `${alter} DROP DEFAULT` }, ...down, { query: `${alter} SET DEFAULT ${column.default}` }]
}

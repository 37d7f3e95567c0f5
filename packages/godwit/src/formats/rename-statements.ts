import { ident, qualified } from '../sql/quote.js'
import type { Named } from './find-named.js'

/** A rename as statements: the way there and the way back. */
export interface RenameStatements {
  up: string
  down: string
}

/**
 * Composes what renames a table or a column of one.
 *
 * @param written how a table is written; default with its schema
 */
export function renameStatements(
  { schema, table, column }: Named,
  to: string,
  written: (schema: string, table: string) => string = qualified,
): RenameStatements {
  if (column === undefined)
    return {
      up: `ALTER TABLE ${written(schema, table)} RENAME TO ${ident(to)}`,
      down: `ALTER TABLE ${written(schema, to)} RENAME TO ${ident(table)}`,
    }
  const where = `ALTER TABLE ${written(schema, table)} RENAME COLUMN`
  return { up: `${where} ${ident(column)} TO ${ident(to)}`, down: `${where} ${ident(to)} TO ${ident(column)}` }
}

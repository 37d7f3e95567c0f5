import { cut, defaultName, written } from './names.js'
import type { NamedTable } from './tables.js'

/**
 * The statements that forbid NULLs in a column without reading rows under a lock, each a transaction of its own. From 18 on
 * a NOT NULL constraint itself can be added NOT VALID; before, a CHECK proves it, which SET NOT NULL believes since 12.
 */
export function notNullStatements(table: NamedTable, column: string, major: number): string[] {
  const alter = `ALTER TABLE ${table.name}`
  const named = written(column)
  if (major >= 18) {
    const name = written(defaultName(table.bare, [column], 'not_null'))
    return [`${alter} ADD CONSTRAINT ${name} NOT NULL ${named} NOT VALID`, `${alter} VALIDATE CONSTRAINT ${name}`]
  }
  const name = written(cut(defaultName(table.bare, [column], 'is_set')))
  return [
    `${alter} ADD CONSTRAINT ${name} CHECK (${named} IS NOT NULL) NOT VALID`,
    `${alter} VALIDATE CONSTRAINT ${name}`,
    `${alter} ALTER COLUMN ${named} SET NOT NULL`,
    `${alter} DROP CONSTRAINT ${name}`,
  ]
}

import type { Relation } from './schema.js'

/** Whether a constraint that holds of every row says already that a column has a value: then SET NOT NULL reads no row. */
export function provesNotNull(table: Relation, column: string): boolean {
  const plain = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const says = new RegExp(`\\(("?)${plain}\\1 IS NOT NULL\\)`)
  return [...table.constraints.values()].some(
    ({ kind, validated, says: text, columns }) =>
      validated &&
      ((kind === 'check' && says.test(text) && !/ OR |NOT \(/.test(text)) ||
        (kind === 'not null' && columns.includes(column))),
  )
}

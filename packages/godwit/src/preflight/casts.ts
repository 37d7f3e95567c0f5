import type { ColumnDef, Node } from 'libpg-query'
import type { Relation, Schema } from '../impact/schema.js'
import { typeText } from '../impact/type-text.js'
import { narrowing } from '../sql/narrowing.js'
import { nameParts } from '../sql/nodes.js'
import { ident, literal } from '../sql/quote.js'
import { lengthOf, readType, texts } from '../sql/type-facts.js'
import type { Check, RowCheck } from './check.js'
import { count } from './count.js'
import { notCheckable } from './keys.js'
import { rowCheck } from './row-check.js'
import { columnNow, expressionNow, today } from './today.js'

/** Whether values that are there fit the new type of their column. */
export function castChecks(
  table: Relation,
  name: string,
  { typeName, raw_default: using }: ColumnDef,
  schema: Schema,
): Check[] {
  const at = today(table)
  const column = table.columns.get(name)
  if (at === undefined || column === undefined) return []
  const now = columnNow(table, name)
  const value = using === undefined ? now : expressionNow(using, table)
  if (now === undefined || value === undefined) return [notCheckable(table)]
  const type = typeText(typeName)
  const own = schema.findType(nameParts(typeName?.names))
  const rowsThat = (code: RowCheck['code'], condition: string, what: string): Check[] => [
    rowCheck({
      table,
      at,
      code,
      rows: `FROM ${at.from} WHERE ${condition}`,
      value: `${now}::text`,
      says: (breaches) =>
        `${count(breaches, `row of ${at.table.name} has`, `rows of ${at.table.name} have`)} a ${name} ${what}`,
    }),
  ]
  if (own?.changed && own.id > 0) return [notCheckable(table)]
  // A type of this run is not there to be cast to; its labels are known.
  if (own?.kind === 'enum' && own.id < 0) {
    const labels = own.labels.map((label) => literal(label)).join(', ')
    const given = using === undefined ? now : expressionNow(withoutCast(using), table)
    if (given === undefined) return [notCheckable(table)]
    return rowsThat('label-in-use', `(${given})::text NOT IN (${labels})`, `that the new ${own.name} does not know`)
  }
  const [from, to] = [readType(column.type), readType(type)]
  const room = lengthOf(to)
  if (texts.has(to.name) && room !== undefined && !to.isArray && to.name !== 'name' && to.name !== '"char"') {
    if (using === undefined && narrowing(column.type, type) === undefined) return []
    // Blanks at the end are cut without a word.
    return rowsThat('value-too-long', `length(rtrim((${value})::text)) > ${room}`, `of more than ${room} characters`)
  }
  if (using === undefined && narrowing(column.type, type) !== 'fails' && !(own !== undefined || from.name !== to.name))
    return []
  const cast =
    own === undefined
      ? `(${value})::${typeWritten(typeName, type)}`
      : `(${value})::${ident(own.schema)}.${ident(own.name)}`
  if (texts.has(from.name) && schema.major >= 16 && using === undefined) {
    const target = own === undefined ? type : `${ident(own.schema)}.${ident(own.name)}`
    return rowsThat('cast-fails', `NOT pg_input_is_valid(${now}::text, ${literal(target)})`, `that is no ${type}`)
  }
  return [
    {
      kind: 'try',
      code: 'cast-fails',
      table: at.table,
      bytes: table.bytes,
      // Every value has to be made, none is kept.
      query: `SELECT count(${cast}) FROM ${at.from}`,
      says: (reason) => `${at.table.name}.${name} cannot become ${type}: ${reason}`,
    },
  ]
}

function withoutCast(expression: Node): Node {
  return 'TypeCast' in expression && expression.TypeCast.arg !== undefined
    ? withoutCast(expression.TypeCast.arg)
    : expression
}

function typeWritten(typeName: ColumnDef['typeName'], type: string): string {
  const parts = nameParts(typeName?.names)
  return parts.length === 1 || parts[0] === 'pg_catalog' ? type : parts.map(ident).join('.')
}

import type { Node, RangeVar } from 'libpg-query'
import { notNames } from '../sql/keywords.js'

const NAME_BYTES = 63

/** A name as it has to be written: quoted only where it must be. */
export function written(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !notNames.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

/** A table's name as it has to be written, with its schema where the statement names one. */
export function writtenTable(table: Pick<RangeVar, 'schemaname' | 'relname'> | undefined): string {
  const name = written(table?.relname ?? '')
  return table?.schemaname === undefined ? name : `${written(table.schemaname)}.${name}`
}

/** Names in a list, as they have to be written. */
export function writtenList(names: readonly string[]): string {
  return names.map(written).join(', ')
}

/** The name that the server gives an object that is made without one (`makeObjectName` in its source). */
export function defaultName(table: string, columns: readonly string[], suffix: string): string {
  let [first, second] = [table, columns.join('_')]
  const room = NAME_BYTES - suffix.length - 1 - (second === '' ? 0 : 1)
  while (bytes(first) + bytes(second) > room)
    if (bytes(first) > bytes(second)) first = first.slice(0, -1)
    else second = second.slice(0, -1)
  return [first, ...(second === '' ? [] : [second]), suffix].join('_')
}

/** A name cut as the server cuts it. */
export function cut(name: string): string {
  let short = name
  while (bytes(short) > NAME_BYTES) short = short.slice(0, -1)
  return short
}

/** Whether the server would cut a name. */
export function isTooLong(name: string): boolean {
  return bytes(name) > NAME_BYTES
}

/** Columns that an expression names, each once. */
export function columnsIn(expression: Node | undefined): string[] {
  const found = new Set<string>()
  visit(expression, found)
  return [...found]
}

function visit(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return
  if ('ColumnRef' in value) {
    const { fields = [] } = value.ColumnRef as { fields?: Node[] }
    const last = fields.at(-1)
    if (last !== undefined && 'String' in last) found.add(last.String.sval ?? '')
  }
  for (const each of Object.values(value)) visit(each, found)
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}

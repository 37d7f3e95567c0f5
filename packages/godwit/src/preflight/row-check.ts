import type { Relation } from '../impact/schema.js'
import type { FindingCode, RowCheck } from './check.js'
import { keyText, type Today } from './today.js'

/** What is asked of the rows of one table. */
export interface RowQuestion {
  table: Relation
  at: Today
  code: FindingCode
  /** `FROM … WHERE …`: the rows that break it. */
  rows: string
  /** SQL of what is in them, as text; absent: nothing is shown. */
  value?: string
  /** The alias of the table in `rows`. */
  alias?: string
  /** Bytes that are read besides the table's own. */
  besides?: number
  says: (breaches: number) => string
}

/** A check whose every row is a breach of its own. */
export function rowCheck({ table, at, code, rows, value, alias, besides = 0, says }: RowQuestion): RowCheck {
  const prefix = alias === undefined ? '' : `${alias}.`
  const key = keyText(at.key.map((name) => `${prefix}${name}`))
  return {
    kind: 'rows',
    code,
    table: at.table,
    bytes: table.bytes + besides,
    query: `SELECT ${key} AS key, ${value ?? 'NULL::text'} AS value, 1 AS rows ${rows}`,
    find: `SELECT ${prefix}* ${rows};`,
    says,
  }
}

import { rowFailed } from '../../seed-row.js'
import type { Upsert } from '../../seeding.js'
import { type PgError, serverSays } from './row-errors.js'
import { type Segment, sentRow } from './segment.js'
import type { SeedTable } from './table.js'

/**
 * What the server says against a line of a COPY, told of its row; undefined when it does not speak of a line.
 *
 * @param into the bare name of what was copied into
 */
export function lineFailed(
  error: unknown,
  into: string,
  segment: Segment,
  table: SeedTable,
  upsert: Upsert,
): Error | undefined {
  const said = lineIn(error as PgError, into)
  const row = said === undefined ? undefined : sentRow(segment, said.line)
  if (said === undefined || row === undefined) return undefined
  const column = segment.shape.names.find((name) => name === said.column)
  return rowFailed(upsert, row.number, row.values, ...serverSays(error as PgError, table, column))
}

// `COPY users, line 3, column age: "abc"`, in the server's language.
function lineIn({ where = '' }: PgError, into: string): { line: number; column: string | undefined } | undefined {
  const begin = `COPY ${into}, `
  const context = where.split('\n').find((line) => line.startsWith(begin))
  const found = /^\S+ (\d+)(?:, \S+ (.+?): )?/.exec(context?.slice(begin.length) ?? '')
  return found === null ? undefined : { line: Number(found[1]), column: found[2] }
}

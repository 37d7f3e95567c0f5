import { narrowedInWords, narrowingInWords } from '../../../sql/narrowing.js'
import { literal } from '../../../sql/quote.js'
import type { Proposal } from './proposals.js'

/** What proposals take data away from, in words: columns that go, and types that do not hold every value. */
export function lossesOf(proposals: readonly Proposal[]): string[] {
  return [...new Set(proposals.flatMap(ofProposal))]
}

function ofProposal({ kind, table, columns = [], becomes, loses = [], up }: Proposal): string[] {
  const does = (what: RegExp) => up.some(({ query }) => what.test(query))
  // Where no cast leads, TypeORM changes a column by making it anew.
  if (kind === 'drop column' || (kind === 'change column' && does(/ DROP COLUMN /)))
    return columns.map(({ name }) => `column ${table?.name}.${name}`)
  if (kind !== 'change column' || becomes === undefined || !does(/ ALTER COLUMN .* TYPE /)) return []
  if (loses.length > 0) {
    const gone = loses.map(literal).join(', ')
    return columns.map(
      ({ name }) => `column ${table?.name}.${name} (its enum loses ${gone}: ${narrowingInWords.fails})`,
    )
  }
  return columns.flatMap(({ name, type }) => narrowedInWords(`${table?.name}.${name}`, type, becomes) ?? [])
}

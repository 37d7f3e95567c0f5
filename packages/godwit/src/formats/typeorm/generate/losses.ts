import { narrowedInWords } from '../../../sql/narrowing.js'
import type { Proposal } from './proposals.js'

/** What proposals take data away from, in words: columns that go, and types that do not hold every value. */
export function lossesOf(proposals: readonly Proposal[]): string[] {
  return [...new Set(proposals.flatMap(ofProposal))]
}

function ofProposal({ kind, table, columns = [], becomes, up }: Proposal): string[] {
  const does = (what: RegExp) => up.some(({ query }) => what.test(query))
  // Where no cast leads, TypeORM changes a column by making it anew.
  if (kind === 'drop column' || (kind === 'change column' && does(/ DROP COLUMN /)))
    return columns.map(({ name }) => `column ${table?.name}.${name}`)
  if (kind !== 'change column' || becomes === undefined || !does(/ ALTER COLUMN .* TYPE /)) return []
  return columns.flatMap(({ name, type }) => narrowedInWords(`${table?.name}.${name}`, type, becomes) ?? [])
}

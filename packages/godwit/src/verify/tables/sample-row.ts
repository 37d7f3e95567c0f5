import type { SeedRow } from '../../databases/seeding.js'
import type { SampleTable } from './sample-table.js'
import { sampleValues } from './sample-values.js'

/** A value that is given; `undefined`: the column's default. */
export type Given = string | null | undefined

/** What a row can be made of: for some columns at a time, the values that they can have together. */
export interface Choice {
  columns: readonly string[]
  values: readonly (readonly Given[])[]
}

/**
 * What the row with a number can be made of; what comes first is tried first.
 *
 * @param there of each foreign key, rows that it can point to
 * @returns a sentence: why there can be no row
 */
export function choicesFor(
  sample: SampleTable,
  there: readonly (readonly SeedRow[])[],
  row: number,
): Choice[] | string {
  const choices: Choice[] = []
  const pointing = new Set<string>()
  for (const [i, key] of sample.typed.foreignKeys.entries()) {
    const values: Given[][] = pointed(key.targets, there[i] ?? [], row)
    if (key.columns.every((name) => columnOf(sample, name)?.nullable)) values.push(key.columns.map(() => null))
    if (key.place === sample.typed.name) values.push(ownValues(sample, key.targets, row))
    if (values.length === 0) return `${key.place}, which it points to, is empty`
    choices.push({ columns: key.columns, values })
    for (const name of key.columns) pointing.add(name)
  }
  for (const column of sample.columns) {
    if (pointing.has(column.name)) continue
    const literals = sample.checks
      .filter(({ columns }) => columns.includes(column.name))
      .flatMap((check) => check.literals)
    const values: Given[] = sampleValues(column, literals, row)
    if (column.given) values.push(undefined)
    if (column.nullable) values.push(null)
    if (values.length === 0) return `no value is known for its column ${column.name} of the type ${column.type}`
    choices.push({ columns: [column.name], values: values.map((value) => [value]) })
  }
  return choices
}

function columnOf({ typed }: SampleTable, name: string) {
  return typed.columns.find((column) => column.name === name)
}

// Another row for each, as far as there are.
function pointed(targets: readonly string[], there: readonly SeedRow[], row: number): Given[][] {
  return there.map((_, i) => {
    const target = there[(row - 1 + i) % there.length]
    return targets.map((name) => target?.[name] as string)
  })
}

function ownValues(sample: SampleTable, targets: readonly string[], row: number): Given[] {
  return targets.map((name) => {
    const column = columnOf(sample, name)
    return column === undefined ? null : (sampleValues(column, [], row)[0] ?? null)
  })
}

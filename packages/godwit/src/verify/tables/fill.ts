import type pg from 'pg'
import type { DatabaseError } from 'pg'
import { typedTables } from '../../databases/postgres/seeding/describe.js'
import type { SeedRow, TypedStore } from '../../databases/seeding.js'
import { ident, literal } from '../../sql/quote.js'
import { type Choice, choicesFor, type Given } from './sample-row.js'
import { describeSample, type SampleTable } from './sample-table.js'

/** So many rows a table gets. */
const ROWS = 3
/** So often one of them is tried with other values. */
const TRIES = 300
/** So many rows that a foreign key may point to are looked at. */
const POINTED_TO = 20

/** Puts sample rows into tables, and remembers which: one that is given more columns gets more rows. */
export class SampleRows {
  readonly #filled = new Map<string, string>()
  #next = 1

  /**
   * @param names `schema.table`
   * @returns tables without sample rows, with the reason, a sentence each
   */
  async fill(client: pg.Client, names: readonly string[]): Promise<string[]> {
    const typed = typedTables(client)
    const first = this.#next
    let due = [...names]
    let reasons: string[] = []
    // Tables point to each other: as long as one more is filled, the others are tried again.
    for (let before = due.length + 1; due.length > 0 && due.length < before; ) {
      before = due.length
      const left: string[] = []
      reasons = []
      for (const name of due) {
        const reason = await this.#fillTable(client, typed, name, first)
        if (reason === undefined) continue
        left.push(name)
        reasons.push(`${name}: ${reason}`)
      }
      due = left
    }
    this.#next = first + ROWS
    return reasons
  }

  async #fillTable(client: pg.Client, typed: TypedStore, name: string, first: number): Promise<string | undefined> {
    const sample = await describeSample(client, typed, name)
    if (sample === undefined) return undefined
    const columns = sample.columns.map((column) => `${column.name} ${column.type}`).join()
    if (this.#filled.get(name) === columns) return undefined
    for (let row = first; row < first + ROWS; row++) {
      const there: SeedRow[][] = []
      for (const { place, targets } of sample.typed.foreignKeys)
        there.push(await typed.sample(place, targets, POINTED_TO))
      const choices = choicesFor(sample, there, row)
      const reason = typeof choices === 'string' ? choices : await insertRow(client, sample, choices)
      // One row is enough to see what becomes of it.
      if (reason !== undefined && row === first) return reason
    }
    await bringSequences(client, sample)
    this.#filled.set(name, columns)
    return undefined
  }
}

// Tries the values in turn; of those that the refusal is about, the next.
async function insertRow(
  client: pg.Client,
  sample: SampleTable,
  choices: readonly Choice[],
): Promise<string | undefined> {
  const picks = choices.map(() => 0)
  let reason = ''
  for (let tries = 0; tries < TRIES; tries++) {
    const refusal = await insert(client, sample, choices, picks)
    if (refusal === undefined) return undefined
    reason = refusal.message
    const about = columnsOf(refusal, sample)
    const turned = choices.flatMap(({ columns }, i) => (columns.some((name) => about.includes(name)) ? [i] : []))
    if (!advance(picks, choices, turned)) break
  }
  return reason
}

async function insert(
  client: pg.Client,
  { table }: SampleTable,
  choices: readonly Choice[],
  picks: readonly number[],
): Promise<DatabaseError | undefined> {
  const row = new Map<string, Given>()
  for (const [i, { columns, values }] of choices.entries())
    for (const [j, name] of columns.entries()) row.set(name, values[picks[i] ?? 0]?.[j])
  const given = [...row].filter((pair): pair is [string, string | null] => pair[1] !== undefined)
  const names = given.map(([name]) => ident(name)).join(', ')
  const values = given.map(([, value]) => literal(value)).join(', ')
  const insertion = given.length === 0 ? 'DEFAULT VALUES' : `(${names}) OVERRIDING SYSTEM VALUE VALUES (${values})`
  try {
    // Constraints that wait would only speak up at the COMMIT, as they do here.
    await client.query(`BEGIN; INSERT INTO ${table.sql} ${insertion}; COMMIT`)
    return undefined
  } catch (error) {
    await client.query('ROLLBACK')
    if ((error as Partial<DatabaseError>).code === undefined) throw error
    return error as DatabaseError
  }
}

function columnsOf({ code, constraint, column, detail }: DatabaseError, sample: SampleTable): readonly string[] {
  if (column !== undefined) return [column]
  const check = sample.checks.find(({ name }) => name === (constraint ?? null))
  if (check !== undefined) return check.columns
  // `Key (a, b)=(…) already exists.`
  const key = /^Key \(([^)]*)\)=/.exec(detail ?? '')?.[1]
  if (key !== undefined) return key.split(', ').map((name) => name.replace(/^"|"$/g, ''))
  // A text that is too long or no value of its type does not name its column.
  return code?.startsWith('22') ? sample.columns.map(({ name }) => name) : []
}

// As an odometer: the last of them turns fastest.
function advance(picks: number[], choices: readonly Choice[], turned: readonly number[]): boolean {
  for (const i of turned.toReversed()) {
    picks[i] = (picks[i] ?? 0) + 1
    if ((picks[i] ?? 0) < (choices[i]?.values.length ?? 0)) return true
    picks[i] = 0
  }
  return false
}

// As if the rows had got their numbers from there.
async function bringSequences(client: pg.Client, { table }: SampleTable): Promise<void> {
  for (const { name, sequence } of table.columns)
    if (sequence !== null)
      await client
        .query(
          `SELECT setval(${literal(sequence.sql)}, max(${ident(name)})::int8) FROM ${table.sql} HAVING max(${ident(name)}) IS NOT NULL`,
        )
        .catch(() => {})
}

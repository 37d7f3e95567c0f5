import { ident, literal } from '../../../sql/quote.js'
import type { WorkingSession } from '../working-session.js'
import type { Keys } from './gathered-keys.js'
import { insert, insertTellingKeys, type Merging, newKeys } from './merge-sql.js'
import type { SeedTable } from './table.js'

/**
 * Records which rows a seed put there, by their keys. A function may have set another role: what it inserts is recorded at the end
 * of its transaction.
 */
export class KeyRecords {
  readonly #session: WorkingSession
  readonly #seed: string
  readonly #on: boolean
  #later: { table: SeedTable; key: readonly string[]; keys: Keys[] }[] | undefined

  /** @param on there is a place to record them, which may be written */
  constructor(session: WorkingSession, seed: string, on: boolean) {
    this.#session = session
    this.#seed = seed
    this.#on = on
  }

  /** From now on what is inserted is kept in memory, up to {@link KeyRecords.write}. */
  keep(): void {
    this.#later ??= []
  }

  /** Records rows that were inserted. */
  async add(table: SeedTable, key: readonly string[], keys: readonly Keys[]): Promise<void> {
    if (!this.#on) return
    if (this.#later === undefined) await this.#write(table, key, keys)
    else this.#later.push({ table, key, keys: keys.map((each) => ({ ...each, keys: String(each.keys) })) })
  }

  /** Inserts rows that were sifted and records them, without a detour. Gives how many there were. */
  async insert(merging: Merging): Promise<number> {
    const { client } = this.#session
    if (this.#on && !merging.table.plain) return this.#recorded(merging, (into) => insertTellingKeys(merging, into))
    const inserted = (await client.query(insert(merging))).rowCount ?? 0
    if (this.#on && inserted > 0) await this.#recorded(merging, (into) => `${into} ${newKeys(merging)}`)
    return inserted
  }

  async #recorded({ table, shape }: Merging, telling: (into: string) => string): Promise<number> {
    const { client } = this.#session
    if (this.#later !== undefined) {
      const { rows } = await client.query<{ keys: string; rows: string }>(telling(''))
      const keys = rows.map((row) => ({ keys: row.keys, rows: Number(row.rows) }))
      await this.add(table, shape.key, keys)
      return keys.reduce((sum, each) => sum + each.rows, 0)
    }
    const columns = [this.#session.journal.history, this.#seed, table.schema, table.bare, String(table.oid)]
      .map(literal)
      .join(', ')
    const into = `${this.#into} SELECT ${columns}, ${arrayLiteral(shape.key)}, told.* FROM (`
    const { rows } = await client.query<{ rows: number }>(`${telling(into)}) AS told RETURNING rows`)
    return rows.reduce((sum, each) => sum + each.rows, 0)
  }

  /** Writes what was kept. */
  async write(): Promise<void> {
    for (const { table, key, keys } of this.#later ?? []) await this.#write(table, key, keys)
  }

  get #into(): string {
    return `INSERT INTO ${ident(this.#session.journal.schema)}.seed_row (history, seed, table_schema, table_name, table_oid, key, keys, rows)`
  }

  async #write({ schema, bare, oid }: SeedTable, key: readonly string[], keys: readonly Keys[]): Promise<void> {
    if (keys.length === 0) return
    const each = keys.map((_, i) => `($1, $2, $3, $4, $5, $6, $${2 * i + 7}, $${2 * i + 8})`)
    await this.#session.client.query(`${this.#into} VALUES ${each.join(', ')}`, [
      this.#session.journal.history,
      this.#seed,
      schema,
      bare,
      oid,
      key,
      ...keys.flatMap(({ keys: lines, rows }) => [lines, rows]),
    ])
  }
}

function arrayLiteral(names: readonly string[]): string {
  return `ARRAY[${names.map(literal).join(', ')}]::text[]`
}

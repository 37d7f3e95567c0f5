import { ident } from '../../../sql/quote.js'
import { addCounts, noCounts } from '../../seed-counts.js'
import { rowFailed } from '../../seed-row.js'
import type { SeedCounts, Upsert } from '../../seeding.js'
import { bringSequences } from './bring-sequences.js'
import { lineFailed } from './copy-errors.js'
import { offender } from './find-offender.js'
import { loadRows } from './load-rows.js'
import { countSifted, duplicateKey, insert, type Merging, sift, siftedOf, uniqueKey, update } from './merge-sql.js'
import type { PgError } from './row-errors.js'
import { isOfData } from './row-errors.js'
import type { Shape } from './shape.js'
import type { SeedTable } from './table.js'
import { makeStage, type SeedWork } from './work.js'

const UNIQUE_VIOLATION = '23505'

/** Brings rows into temporary tables, and from there what is new, or other, into the table. What is the same is not written. */
export async function mergeRows(work: SeedWork, table: SeedTable, upsert: Upsert): Promise<SeedCounts> {
  const { connection } = work.session
  const { shapes } = await loadRows(work, table, upsert, {
    numbered: true,
    stage: work.nextStage,
    prepare: (shape) => makeStage(work, table, shape),
    copy: ({ stage }) => `COPY ${stage} FROM STDIN`,
    loaded: async () => {},
    failed: async (segment, error) => lineFailed(error, segment.shape.stage, segment, table, upsert) ?? error,
  })
  const counts = noCounts()
  await refuseDuplicates(work, shapes, upsert)
  // Of rows in the order of their key the server must know that they are: it then reads table and stage side by side.
  for (const { stage, key } of shapes) await connection.send(`ANALYZE ${stage} (${key.map(ident).join(', ')})`)
  for (const shape of shapes) addCounts(counts, await mergeShape(work, { shape, table, key: upsert.key }, upsert))
  await bringSequences(work, table, shapes, counts.inserted)
  if (table.deferrable) work.unchecked.push(...shapes.map((shape) => ({ shape, table, upsert })))
  else for (const shape of shapes) await connection.send(`DROP TABLE ${shape.stage}, ${siftedOf(shape)}`)
  return counts
}

async function mergeShape(work: SeedWork, merging: Merging, upsert: Upsert): Promise<SeedCounts> {
  const { client } = work.session
  await client.query(sift(merging))
  const { rows } = await client.query<{ new: string; different: string }>(countSifted(merging))
  const [fresh, different] = [Number(rows[0]?.new), Number(rows[0]?.different)]
  const updates = different > 0 && upsert.onExisting === 'update'
  const unchanged = merging.shape.rows - fresh - different
  const counts = { ...noCounts(), unchanged, kept: updates ? 0 : different }
  if (updates)
    counts.updated = await tracing(work, merging, upsert, update, async () => {
      return (await client.query(update(merging))).rowCount ?? 0
    })
  if (fresh > 0) counts.inserted = await tracing(work, merging, upsert, insert, () => work.keys.insert(merging))
  return counts
}

// What the server refuses is told of its row: the rows are tried again by parts.
async function tracing(
  work: SeedWork,
  merging: Merging,
  upsert: Upsert,
  sql: (merging: Merging) => string,
  statement: () => Promise<number>,
): Promise<number> {
  const { connection } = work.session
  await connection.send('SAVEPOINT godwit_merge')
  try {
    const rows = await statement()
    await connection.send('RELEASE SAVEPOINT godwit_merge')
    return rows
  } catch (error) {
    if (connection.lost !== undefined || !isOfData(error as PgError)) throw error
    await connection.send('ROLLBACK TO SAVEPOINT godwit_merge')
    throw await offender(work, merging, upsert, (between) => sql({ ...merging, between }), error)
  }
}

async function refuseDuplicates(
  { session: { client, connection } }: SeedWork,
  shapes: readonly Shape[],
  upsert: Upsert,
): Promise<void> {
  await connection.send('SAVEPOINT godwit_merge')
  try {
    for (const shape of shapes) await client.query(uniqueKey(shape, upsert.key))
    if (shapes.length < 2) return
  } catch (error) {
    if ((error as PgError).code !== UNIQUE_VIOLATION) throw error
    await connection.send('ROLLBACK TO SAVEPOINT godwit_merge')
  }
  const [found] = (await client.query(duplicateKey(shapes, upsert.key))).rows
  if (found === undefined) return
  throw rowFailed(upsert, Number(found.row), found, `row ${found.other} has the same key`)
}

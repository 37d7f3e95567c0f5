import { ident } from '../../../sql/quote.js'
import { noCounts } from '../../seed-counts.js'
import type { SeedCounts, Upsert } from '../../seeding.js'
import { CopyIn } from '../copy.js'
import { bringSequences } from './bring-sequences.js'
import { lineFailed } from './copy-errors.js'
import { offender } from './find-offender.js'
import { loadRows } from './load-rows.js'
import { insert, sift } from './merge-sql.js'
import { isOfData } from './row-errors.js'
import { numberedLines, type Segment } from './segment.js'
import type { SeedTable } from './table.js'
import { makeStage, type SeedWork, undoUpsert } from './work.js'

/** Fills an empty table by COPY, without any detour: every row is new, and the table's own index keeps the keys apart. */
export async function fillEmpty(work: SeedWork, table: SeedTable, upsert: Upsert): Promise<SeedCounts> {
  const { shapes, rows } = await loadRows(work, table, upsert, {
    numbered: false,
    stage: work.nextStage,
    prepare: async () => {},
    copy: ({ names }) => `COPY ${table.sql} (${names.map(ident).join(', ')}) FROM STDIN`,
    loaded: async ({ shape }) => shape.keys?.take((keys) => work.keys.add(table, shape.key, keys)),
    failed: async (segment, error) => {
      const told = lineFailed(error, table.bare, segment, table, upsert)
      return told ?? (isOfData(error as Error) ? await foundInStage(work, table, upsert, segment, error) : error)
    },
  })
  await bringSequences(work, table, shapes, rows)
  return { ...noCounts(), inserted: rows }
}

// What is checked behind the last line, such as a foreign key, comes without one: the same rows are tried again by parts.
async function foundInStage(
  work: SeedWork,
  table: SeedTable,
  upsert: Upsert,
  segment: Segment,
  error: unknown,
): Promise<unknown> {
  const { connection } = work.session
  const { shape } = segment
  await undoUpsert(work)
  await makeStage(work, table, shape)
  const copy = new CopyIn(connection, `COPY ${shape.stage} FROM STDIN`)
  for (const [number, line] of numberedLines(segment)) await copy.write(`${number}\t${line}\n`)
  await copy.end()
  const merging = { shape, table, key: upsert.key }
  await work.session.client.query(sift(merging))
  return offender(work, merging, upsert, (between) => insert({ ...merging, between }), error)
}

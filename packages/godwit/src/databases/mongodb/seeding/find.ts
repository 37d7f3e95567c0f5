import type { Document } from 'mongodb'
import type { SeedRow } from '../../seeding.js'
import { valueAt } from './bson.js'
import { anyOf } from './query.js'
import type { SeedWork } from './work.js'

const ASKED_AT_ONCE = 500

/** Documents by their values, at most two for each, with values as the driver gives them. */
export async function findDocuments(
  work: SeedWork,
  place: string,
  where: readonly SeedRow[],
  columns: readonly string[],
): Promise<SeedRow[][]> {
  const found: SeedRow[][] = []
  for (let at = 0; at < where.length; at += ASKED_AT_ONCE)
    found.push(...(await findSome(work, place, where.slice(at, at + ASKED_AT_ONCE), columns)))
  return found
}

async function findSome(
  work: SeedWork,
  place: string,
  where: readonly SeedRow[],
  columns: readonly string[],
): Promise<SeedRow[][]> {
  const { bson, session, within } = work
  const documents = session.connection.db.collection(place)
  const fields = Object.keys(where[0] ?? {})
  const wanted = where.map((row) => bson.normal(row))
  const limit = 2 * where.length
  const projection = projectionOf([...fields, ...columns])
  const found = await documents.find(anyOf(wanted, fields, bson), { projection, limit, ...within }).toArray()
  const byText = new Map<string, Document[]>()
  for (const document of found) {
    const text = bson.textOf(fields.map((field) => valueAt(document, field)))
    byText.set(text, [...(byText.get(text) ?? []), document])
  }
  const texts = wanted.map((row) => bson.textOf(fields.map((field) => valueAt(row, field))))
  const placed = [...byText.keys()].every((text) => texts.includes(text))
  // Some may have used up what others were to get, or match in a way of their own, as an element of a list.
  const apart = where.length > 1 && (found.length === limit || !placed)
  if (apart) {
    const each: SeedRow[][] = []
    // One by one: a transaction takes no two questions at once.
    for (const row of where) each.push(...(await findSome(work, place, [row], columns)))
    return each
  }
  return texts.map((text) => {
    const these = where.length === 1 ? found : (byText.get(text) ?? [])
    return these.slice(0, 2).map((document) => picked(document, columns))
  })
}

function picked(document: Document, columns: readonly string[]): SeedRow {
  return Object.fromEntries(columns.map((column) => [column, valueAt(document, column)]))
}

// A path and one that it begins with cannot be asked for together.
function projectionOf(paths: readonly string[]): Document {
  return Object.fromEntries(['_id', ...paths].map((path) => [path.split('.', 1)[0], 1]))
}

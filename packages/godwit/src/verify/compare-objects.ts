import { type Catalog, type CatalogObject, difference } from '../catalog/read.js'

/** Kinds that a down may leave: who else uses them is not known to a migration. */
const MAY_STAY = new Set(['extension'])

/** Two states of a database, in words: a line for each thing that is not as it was. */
export interface ObjectChanges {
  /** `index public.users_email_key is not there`, a line each. */
  lines: string[]
  /** What is left and may be, a line each. */
  stays: string[]
}

/**
 * What differs between what there should be and what there is. What goes or comes with its table is not said besides.
 */
export function compareObjects(should: Catalog, is: Catalog): ObjectChanges {
  const { gone, made, changed } = difference(should, is)
  const lines: string[] = []
  const stays: string[] = []
  for (const object of outermost(gone, should)) lines.push(`${nameOf(object)} is not there`)
  for (const object of outermost(made, is)) {
    if (MAY_STAY.has(object.kind)) stays.push(nameOf(object))
    else lines.push(`${nameOf(object)} is left`)
  }
  for (const key of changed) {
    const [was, now] = [should.get(key), is.get(key)]
    if (was !== undefined && now !== undefined) lines.push(`${nameOf(now)} ${changeOf(was.says, now.says)}`)
  }
  return { lines, stays }
}

function outermost(keys: readonly string[], catalog: Catalog): CatalogObject[] {
  const objects = keys.flatMap((key) => catalog.get(key) ?? [])
  const heads = new Set(objects.filter(({ kind }) => HOLDS.has(kind)).map(({ at }) => at.join('.')))
  return objects.filter((object) => !placesOf(object).some((place) => heads.has(place)))
}

/** What an object is within: everything on the way to it; of indexes and sequences the table, which the server names. */
function placesOf({ kind, at, says }: CatalogObject): string[] {
  const places = at.slice(1).map((_, i) => at.slice(0, i + 1).join('.'))
  const table =
    kind === 'index'
      ? / ON (?:ONLY )?(\S+) USING /.exec(says)
      : kind === 'sequence'
        ? /owned by (\S+)\.[^.]+$/.exec(says)
        : null
  return table?.[1] === undefined ? places : [...places, table[1]]
}

/** What takes the things within it along. */
const HOLDS = new Set([
  'schema',
  'table',
  'view',
  'materialized view',
  'foreign table',
  'function',
  'procedure',
  'collection',
])

function nameOf({ kind, at }: CatalogObject): string {
  return `${kind} ${at.join('.')}`
}

const LONGEST = 60

// Long texts (functions, views) differ somewhere in the middle; they are in the migration to be read.
function changeOf(was: string, now: string): string {
  if (was.length > LONGEST || now.length > LONGEST || `${was}${now}`.includes('\n')) return 'is another one'
  if (was === '') return `has ${now}, and had not`
  return now === '' ? `lacks ${was}` : `was ${was}, is ${now}`
}

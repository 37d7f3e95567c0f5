import { ident, literal } from '../../../sql/quote.js'
import type { Shape } from './shape.js'
import type { SeedColumn, SeedTable } from './table.js'

/** Rows of one shape, staged and sifted, on their way into a table. */
export interface Merging {
  shape: Shape
  table: SeedTable
  key: readonly string[]
  /** Only rows behind the first number, up to the second. */
  between?: readonly [number, number]
}

/** The first row whose key another one has, and that one; their key as text. */
export function duplicateKey(shapes: readonly Shape[], key: readonly string[]): string {
  const columns = key.map(ident).join(', ')
  const all = shapes.map(({ stage }) => `SELECT godwit_row, ${columns} FROM ${stage}`).join(' UNION ALL ')
  const texts = key.map((name) => `min(${ident(name)}::text) AS ${ident(name)}`).join(', ')
  return `SELECT max(godwit_row) AS row, min(godwit_row) AS other, ${texts} FROM (${all}) AS rows
GROUP BY ${columns} HAVING count(*) > 1 ORDER BY 1 LIMIT 1`
}

/** Fails where two rows of the stage have the same key. By far the cheapest way to ask. */
export function uniqueKey({ stage }: Shape, key: readonly string[]): string {
  return `CREATE UNIQUE INDEX ON ${stage} (${key.map(ident).join(', ')})`
}

/**
 * Puts what is to be done into a table beside the stage: rows that are not there, `godwit_new`, and those that are there with
 * other values. One join is all that a merge costs where nothing changed.
 */
export function sift({ shape, table, key }: Merging): string {
  const absent = `t.${ident(key[0] as string)} IS NULL`
  return `CREATE TEMPORARY TABLE ${siftedOf(shape)} ON COMMIT DROP AS SELECT s.*, ${absent} AS godwit_new
FROM ${shape.stage} AS s LEFT JOIN ${table.own} AS t ON ${sameKey(key)} WHERE ${absent} OR ${differs(shape.columns, key)}`
}

/** How many rows are `new`, and how many `different`. */
export function countSifted({ shape }: Merging): string {
  return `SELECT count(*) FILTER (WHERE godwit_new) AS new, count(*) FILTER (WHERE NOT godwit_new) AS different FROM ${siftedOf(shape)}`
}

/** Gives rows that are there the seed's values, where those are others. */
export function update({ shape, table, key, between }: Merging): string {
  const set = changeable(shape.columns, key)
    .map(({ name }) => `${ident(name)} = s.${ident(name)}`)
    .join(', ')
  return `UPDATE ${table.own} AS t SET ${set} FROM ${siftedOf(shape)} AS s WHERE NOT s.godwit_new AND ${sameKey(key)}${within(between)}`
}

/** Inserts what is not there. */
export function insert({ shape, table, between }: Merging): string {
  const list = shape.names.map(ident).join(', ')
  const overriding = shape.columns.some(({ identity }) => identity === 'always') ? ' OVERRIDING SYSTEM VALUE' : ''
  // What counts upwards follows the order of the rows.
  const counts = table.columns.some(({ name, sequence }) => sequence !== null && !shape.names.includes(name))
  return `INSERT INTO ${table.sql} (${list})${overriding} SELECT ${list} FROM ${siftedOf(shape)} AS s WHERE s.godwit_new${within(between)}${counts ? ' ORDER BY godwit_row' : ''}`
}

/**
 * The keys of the rows that {@link insert} inserts, as lines for COPY: `keys`, with the number of their `rows`, by rows that follow
 * each other: where all of them are new, about 64 KB in one.
 */
export function newKeys({ shape }: Merging): string {
  const line = lineOf(shape)
  const of = `FROM ${siftedOf(shape)} WHERE godwit_new`
  const rowsInOne = `(SELECT 1 + 65536 / (1 + avg(length(line)))::int FROM (SELECT ${line} AS line ${of} LIMIT 1000) AS first)`
  return `SELECT string_agg(${line}, E'\\n') || E'\\n' AS keys, count(*) AS rows ${of} GROUP BY godwit_row / ${rowsInOne}`
}

/**
 * {@link insert}, and the keys as {@link newKeys} gives them, as they were stored: where a trigger may change them.
 *
 * @param into what is done with them, such as an INSERT
 */
export function insertTellingKeys(merging: Merging, into = ''): string {
  return `WITH godwit_new AS (${insert(merging)} RETURNING ${lineOf(merging.shape)} AS line),
godwit_piece AS (SELECT line, sum(length(line) + 1) OVER (ROWS UNBOUNDED PRECEDING) / 65536 AS piece FROM godwit_new),
godwit_told AS (SELECT string_agg(line, E'\\n') || E'\\n' AS keys, count(*) AS rows FROM godwit_piece GROUP BY piece)
${into} SELECT keys, rows FROM godwit_told`
}

/** Name of the table that {@link sift} makes. */
export function siftedOf({ stage }: Shape): string {
  return `${stage}_sifted`
}

/** Brings a sequence behind the furthest value that rows have, where it is not there yet. */
export function advance({ name, sequence }: SeedColumn, table: SeedTable): string | undefined {
  if (sequence === null) return undefined
  const { sql, descending } = sequence
  const furthest = `(SELECT ${descending ? 'min' : 'max'}(${ident(name)}) FROM ${table.sql})`
  return `SELECT setval(${literal(sql)}, f.value) FROM ${sql} AS s, ${furthest} AS f (value), pg_catalog.pg_sequence AS q
WHERE q.seqrelid = ${literal(sql)}::regclass AND f.value BETWEEN q.seqmin AND q.seqmax
AND (f.value ${descending ? '<' : '>'} s.last_value OR f.value = s.last_value AND NOT s.is_called)`
}

const NEVER_ESCAPED = new Set(['int2', 'int4', 'int8', 'numeric', 'uuid', 'date', 'timestamptz', 'timestamp', 'bool'])

function lineOf({ columns, key }: Shape): string {
  return columns
    .filter(({ name }) => key.includes(name))
    .map(fieldOf)
    .join(` || E'\\t' || `)
}

function fieldOf({ name, base, array }: SeedColumn): string {
  const text = `${ident(name)}::text`
  if (NEVER_ESCAPED.has(base) && !array) return text
  const special = [
    ['\\', '\\\\'],
    ['\t', '\\t'],
    ['\n', '\\n'],
    ['\r', '\\r'],
  ] as const
  return special.reduce((sql, [from, to]) => `replace(${sql}, ${literal(from)}, ${literal(to)})`, text)
}

function sameKey(key: readonly string[]): string {
  return key.map((name) => `t.${ident(name)} = s.${ident(name)}`).join(' AND ')
}

function within(between: Merging['between']): string {
  return between === undefined ? '' : ` AND s.godwit_row > ${between[0]} AND s.godwit_row <= ${between[1]}`
}

// An identity that is always the server's own is given to new rows only: of one that is there nothing can change it.
function changeable(columns: readonly SeedColumn[], key: readonly string[]): SeedColumn[] {
  return columns.filter(({ name, identity }) => !key.includes(name) && identity !== 'always')
}

function differs(columns: readonly SeedColumn[], key: readonly string[]): string {
  const others = changeable(columns, key)
  if (others.length === 0) return 'false'
  return others
    .map(({ name, comparable }) => {
      const as = comparable ? '' : '::text COLLATE "C"'
      return `t.${ident(name)}${as} IS DISTINCT FROM s.${ident(name)}${as}`
    })
    .join(' OR ')
}

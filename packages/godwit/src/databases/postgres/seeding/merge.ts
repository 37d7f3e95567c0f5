import { ident, literal } from '../../../sql/quote.js'
import type { SeedCounts } from '../../seeding.js'
import type { Shape } from './stage.js'
import type { SeedColumn, SeedTable } from './table.js'

/** A row of the stage that has no key, or a key that another has too. */
export function faultyKey(shapes: readonly Shape[], key: readonly string[]): string {
  const columns = key.map(ident).join(', ')
  const all = shapes.map(({ stage }) => `SELECT godwit_row, ${columns} FROM ${stage}`).join(' UNION ALL ')
  return `SELECT max(godwit_row) AS row, min(godwit_row) AS other, ${key.map((name) => `${ident(name)}::text`).join(', ')} FROM (${all}) AS rows
GROUP BY ${columns} HAVING count(*) > 1 OR ${key.map((name) => `${ident(name)} IS NULL`).join(' OR ')} ORDER BY 1 LIMIT 1`
}

/** How many rows are there with other values. */
export function countDifferent({ columns, stage }: Shape, table: SeedTable, key: readonly string[]): string {
  return `SELECT count(*) AS same_key, count(*) FILTER (WHERE ${differs(columns, key)}) AS different FROM ${stage} AS s JOIN ${table.sql} AS t ON ${sameKey(key)}`
}

/** Gives rows that are there the seed's values, where those are others. */
export function update({ columns, stage }: Shape, table: SeedTable, key: readonly string[]): string {
  const others = columns.filter(({ name }) => !key.includes(name)).map(({ name }) => ident(name))
  return `UPDATE ${table.sql} AS t SET ${others.map((name) => `${name} = s.${name}`).join(', ')} FROM ${stage} AS s WHERE ${sameKey(key)} AND (${differs(columns, key)})`
}

/** Inserts what is not there; of each row that was inserted the key comes back into `records`. */
export function insert({ columns, stage }: Shape, table: SeedTable, key: readonly string[]): string {
  const list = columns.map(({ name }) => ident(name)).join(', ')
  const overriding = columns.some(({ identity }) => identity === 'always') ? ' OVERRIDING SYSTEM VALUE' : ''
  return `INSERT INTO ${table.sql} (${list})${overriding} SELECT ${list} FROM ${stage} AS s WHERE NOT EXISTS (SELECT FROM ${table.sql} AS t WHERE ${sameKey(key)}) ORDER BY godwit_row`
}

/** Brings a sequence behind the highest value that rows were given. */
export function advance({ name, sequence }: SeedColumn, table: SeedTable): string {
  const highest = `(SELECT max(${ident(name)}) FROM ${table.sql})`
  return `SELECT setval(${literal(sequence)}, ${highest}) FROM ${sequence} AS s WHERE ${highest} > s.last_value OR ${highest} = s.last_value AND NOT s.is_called`
}

function sameKey(key: readonly string[]): string {
  return key.map((name) => `t.${ident(name)} = s.${ident(name)}`).join(' AND ')
}

function differs(columns: readonly SeedColumn[], key: readonly string[]): string {
  const others = columns.filter(({ name }) => !key.includes(name))
  if (others.length === 0) return 'false'
  return others
    .map(({ name, comparable }) => {
      const as = comparable ? '' : '::text'
      return `t.${ident(name)}${as} IS DISTINCT FROM s.${ident(name)}${as}`
    })
    .join(' OR ')
}

/** Nothing yet. */
export function noCounts(): SeedCounts {
  return { inserted: 0, updated: 0, unchanged: 0, kept: 0 }
}

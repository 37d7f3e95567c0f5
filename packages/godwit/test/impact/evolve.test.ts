import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { readFacts } from '../../src/databases/postgres/facts/read-facts.js'
import { evolve } from '../../src/impact/evolve.js'
import { type Relation, Schema } from '../../src/impact/schema.js'
import { loadParser, parseStatement } from '../../src/sql/parser.js'
import { createDatabase } from '../support/database.js'
import { richSchema } from './rich-schema.js'
import { statements } from './statements.js'

// The names of a partition's own indexes, and what is made like something else, are not followed.
const notFollowed = /^(?:CREATE TABLE t (?:\(LIKE|AS)|SELECT id INTO)|ATTACH PARTITION/

// What the server names by itself in ways that are not followed.
const namedByServer = /^(?:t_|events_note_idx|users_(?:id|bio)_|s$|i$)/

function shape(schema: Schema): Record<string, unknown> {
  const name = (relation: Relation | undefined): string => `${relation?.schema}.${relation?.name}`
  const found = [...schema.relations]
    .filter(({ kind, name }) => kind !== 'sequence' && !namedByServer.test(name))
    .map((relation) => {
      const columns = [...relation.columns.values()].map(
        ({ name, type, notNull }) => `${name} ${type}${notNull ? ' not null' : ''}`,
      )
      const constraints = [...relation.constraints.values()]
        .filter(({ kind }) => kind !== 'not null')
        .map(({ name: of, kind, columns, validated, references }) => {
          const to = references === undefined ? '' : ` to ${name(references.table)} (${references.columns})`
          return `${of} ${kind} (${kind === 'check' ? '' : columns})${to}${validated ? '' : ' not valid'}`
        })
      const index =
        relation.index === undefined
          ? ''
          : `on ${name(relation.index.table)} (${relation.index.columns}) ${relation.index.unique}`
      const tables = ['table', 'partitioned'].includes(relation.kind)
      const of = tables
        ? { columns: columns.sort(), constraints: constraints.sort(), parents: relation.parents.map(name) }
        : {}
      return [name(relation), { kind: relation.kind, index, ...of }]
    })
  return Object.fromEntries(found.sort(([a], [b]) => String(a).localeCompare(String(b))))
}

test.each([15, 18] as const)(
  'behind a statement the schema is as PostgreSQL %i has it',
  { timeout: 240_000 },
  async (major) => {
    await loadParser()
    const client = new pg.Client({ connectionString: (await createDatabase(major)).url })
    await client.connect()
    onTestFinished(() => client.end())
    await client.query(richSchema)
    const before = await readFacts(client)
    for (const each of statements) {
      const [from, sql] = typeof each === 'string' ? [14, each] : each
      if (from > major || notFollowed.test(sql)) continue
      const tree = parseStatement(sql)
      if (tree === undefined) throw new Error(`not parsed: ${sql}`)
      const schema = new Schema(before)
      evolve(schema, tree)
      await client.query('BEGIN')
      await client.query(sql)
      const real = new Schema(await readFacts(client))
      await client.query('ROLLBACK')
      expect.soft(shape(schema), sql).toEqual(shape(real))
    }
  },
)

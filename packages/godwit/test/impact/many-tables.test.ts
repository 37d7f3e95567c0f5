import { expect, test } from 'vitest'
import type { RelationFacts, SchemaFacts } from '../../src/impact/facts.js'
import { foresee } from '../../src/impact/foresee.js'
import { Schema } from '../../src/impact/schema.js'
import { loadParser, parseStatement } from '../../src/sql/parser.js'

const TABLES = 20_000

function table(i: number): RelationFacts[] {
  const column = { type: 'integer', typeId: 23, notNull: true, hasDefault: false, generated: false }
  const common = { schema: 'public', rows: 10, bytes: 8192, indexBytes: 0, parents: [], reads: [] }
  const flags = { partition: false, isDefault: false, triggers: false, columns: [], constraints: [] }
  const references = { table: Math.max(1, 2 * i - 1), columns: ['id'], onDelete: 'a', onUpdate: 'a' } as const
  const foreign = { name: 'f', kind: 'foreign', columns: ['org'], says: '', validated: true, references } as const
  const index = { table: 2 * i + 1, unique: true, valid: true, columns: ['id'], partial: false, says: '' }
  return [
    {
      ...common,
      ...flags,
      id: 2 * i + 1,
      name: `t${i}`,
      kind: 'table',
      columns: [
        { name: 'id', ...column },
        { name: 'org', ...column },
      ],
      constraints: [foreign],
    },
    { ...common, ...flags, id: 2 * i + 2, name: `t${i}_pkey`, kind: 'index', index },
  ]
}

test('among twenty thousand tables a statement is foreseen at once', async () => {
  await loadParser()
  const facts: SchemaFacts = {
    major: 18,
    searchPath: ['public'],
    utc: true,
    relations: Array.from({ length: TABLES }, (_, i) => table(i)).flat(),
    types: [],
    volatile: [],
    statistics: [],
  }
  const schema = new Schema(facts)
  const begun = performance.now()
  for (let i = 0; i < 500; i++)
    for (const sql of [
      `ALTER TABLE t${i * 7} RENAME TO u${i}`,
      `ALTER TABLE u${i} DROP COLUMN org`,
      `DELETE FROM u${i}`,
    ]) {
      const tree = parseStatement(sql)
      expect(foresee(schema, tree).locks.length).toBeGreaterThan(0)
    }
  // A walk through all of them for every question takes a minute.
  expect(performance.now() - begun).toBeLessThan(10_000)
})

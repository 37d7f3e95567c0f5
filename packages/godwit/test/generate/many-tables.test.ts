import { expect, test } from 'vitest'
import { readingManyTables } from '../../src/formats/typeorm/generate/many-tables.js'
import type { QueryRunner, Table } from '../../src/formats/typeorm/typeorm-shapes.js'
import { KeptAnswers } from '../../src/shadow/kept-answers.js'

const names = Array.from({ length: 120 }, (_, number) => `t${number}`)

// As TypeORM's own: it asks where it is, then for the tables, and gives those that are there.
function fakeRunner(): { runner: QueryRunner; asked: string[] } {
  const asked: string[] = []
  const runner = {
    query: async (text: string) => {
      asked.push(text)
      const rows = names.map((table_name) => ({ table_schema: 'public', table_name }))
      return text.includes('current_schema') ? [{ current_schema: 'public' }] : rows
    },
    async loadTables(some: string[]): Promise<Table[]> {
      await this.query('SELECT * FROM current_schema()')
      const meant = some.map((name) => `("table_schema" = 'public' AND "table_name" = '${name}')`)
      const rows = (await this.query(`SELECT * FROM tables WHERE ${meant.join(' OR ')}`)) as unknown as {
        table_name: string
      }[]
      return rows.map(({ table_name }) => ({ name: table_name }) as Table)
    },
  }
  return { runner: runner as unknown as QueryRunner, asked }
}

test('of many tables it is asked once what is the same for all of them, and once for the tables', async () => {
  const { runner, asked } = fakeRunner()
  readingManyTables(runner, new KeptAnswers(undefined))
  const tables = await runner.loadTables(names)
  expect(tables.map(({ name }) => name)).toEqual(names)
  expect(asked).toHaveLength(2)
})

test('a table is found whatever was looked up before, also one that is added later; what is not there is not found', async () => {
  const { runner } = fakeRunner()
  readingManyTables(runner, new KeptAnswers(undefined))
  const tables = await runner.loadTables(names)
  const find = (wanted: string) => tables.find(({ name }) => name === wanted)?.name
  for (const name of ['t0', 't1', 't119', 't0', 't60', 't59', 't59']) expect(find(name)).toBe(name)
  expect(find('t120')).toBeUndefined()
  tables.push({ name: 't120' } as Table)
  expect(find('t120')).toBe('t120')
  expect(find('t3')).toBe('t3')
})

test('who looks up one after the other looks at few', async () => {
  const { runner } = fakeRunner()
  readingManyTables(runner, new KeptAnswers(undefined))
  const tables = await runner.loadTables(names)
  let looks = 0
  for (const wanted of names) tables.find(({ name }) => ++looks && name === wanted)
  expect(looks).toBeLessThan(3 * names.length)
})

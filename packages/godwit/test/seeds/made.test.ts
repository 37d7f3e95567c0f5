import { expect, test } from 'vitest'
import { made } from '../../src/seeds/definition.js'
import { madeRows } from '../../src/seeds/made/rows.js'

const users = { name: 'users', file: 'seeds/users.ts', projectDir: import.meta.dirname, unique: [] as string[][] }

async function all(rows: AsyncIterable<object>): Promise<object[]> {
  const list: object[] = []
  for await (const row of rows) list.push(row)
  return list
}

const person = made(50, ({ fake, index }) => ({ index, email: fake.internet.email(), born: fake.date.birthdate() }))

test('the same rows each time; another seed, or another number, gives others', async () => {
  const rows = await all(madeRows(person, users))
  expect(rows).toHaveLength(50)
  expect(await all(madeRows(person, users))).toEqual(rows)
  expect(await all(madeRows(person, { ...users, name: 'people' }))).not.toEqual(rows)
  expect(await all(madeRows({ ...person, seed: 7 }, users))).not.toEqual(rows)
})

test('what is unique in the table is unique in the rows', async () => {
  const digits = made(10, ({ fake }) => ({ digit: fake.number.int({ min: 0, max: 9 }), other: null }))
  const rows = await all(madeRows(digits, { ...users, unique: [['digit'], ['other'], ['absent']] }))
  expect(rows.map((row) => (row as { digit: number }).digit).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('of a unique pair both count', async () => {
  const pairs = made(4, ({ fake }) => ({ a: fake.number.int({ max: 1 }), b: fake.number.int({ max: 1 }) }))
  const rows = await all(madeRows(pairs, { ...users, unique: [['a', 'b']] }))
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(4)
})

test('where no new value comes any more, the row is named', async () => {
  const same = made(3, () => ({ email: 'a@x.org' }))
  await expect(all(madeRows(same, { ...users, unique: [['email']] }))).rejects.toThrow(
    "The seed 'users', row 2: no new value for email came in 100 tries",
  )
})

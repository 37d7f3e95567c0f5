import { expect, test } from 'vitest'
import { generated } from './typeorm-generated.js'

// TypeORM writes the default again each time it looks.
const always = "@Column({ default: 'false' }) n!: boolean"
const tables = `CREATE TYPE users_e_enum AS ENUM ('a', 'b');
  CREATE TABLE users (id int PRIMARY KEY, e users_e_enum NOT NULL DEFAULT 'a', n boolean NOT NULL DEFAULT false)`
const user = (e: string) => `@Entity('users') export class User { @PrimaryColumn() id!: number; ${e}; ${always} }`
const column = (values: string, more: string) => `@Column({ type: 'enum', enum: [${values}]${more} }) e!: string`

test.each([
  ['a value is added', column("'a', 'b', 'c'", ", default: 'a'")],
  ['a value is added and becomes the default', column("'a', 'b', 'c'", ", default: 'c'")],
  ['a value goes', column("'a'", ", default: 'a'")],
])('what changes nothing is left out where %s', async (_what, e) => {
  const { statements, notes } = await generated(tables, user(e))
  expect(statements.join('\n')).toContain('users_e_enum')
  expect(statements.join('\n')).not.toContain('"n"')
  expect(notes).toEqual(e.includes("default: 'c'") ? [expect.stringContaining('split it into two')] : [])
})

test('what an enum changes and another column says are both written', async () => {
  const { statements } = await generated(
    tables,
    user(column("'a', 'b', 'c'", ", default: 'c'")).replace("'false'", 'true'),
  )
  expect(statements).toEqual([
    expect.stringContaining("ADD VALUE 'c'"),
    expect.stringContaining("SET DEFAULT 'c'"),
    expect.stringContaining('SET DEFAULT true'),
  ])
})

test('nothing is written where only what changes nothing is proposed', async () => {
  expect((await generated(tables, user(column("'a', 'b'", ", default: 'a'")))).statements).toEqual([])
})

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

// TypeORM does not double the apostrophe.
const quoted = user(`${column("'a', 'b'", ", default: 'a'")}; @Column({ default: "it's" }) note!: string`)

test('what fails on the shadow is not written; --dry-run shows it', async () => {
  await expect(generated(tables, quoted)).rejects.toMatchObject({
    code: 'GODWIT_GENERATE_UNPROVEN',
    exitCode: 5,
    message: expect.stringMatching(/syntax error at or near "s": ALTER TABLE "users" ADD "note" .* DEFAULT 'it's'/),
    hint: expect.stringContaining('--dry-run prints what was composed'),
  })
  const { statements, notes } = await generated(tables, quoted, { dryRun: true })
  expect(statements.join('\n')).toContain('ADD "note"')
  expect(notes).toEqual([expect.stringContaining('fails there: syntax error at or near')])
})

test('an index that is built concurrently is a migration of its own, outside of a transaction', async () => {
  const enumColumn = column("'a', 'b'", ", default: 'a'")
  const indexed = `@Index({ concurrent: true }) ${enumColumn}`
  const { statements, notes, files } = await generated(tables, user(indexed))
  expect(statements).toEqual([expect.stringContaining('CREATE INDEX CONCURRENTLY')])
  expect(notes).toEqual([])
  expect(files[0]?.content).toMatch(/name = 'Next\d+'\n {4}transaction = false\n\n/)
  await expect(generated(tables, user(`${indexed}; @Column({ nullable: true }) note!: string`))).rejects.toMatchObject({
    code: 'GODWIT_GENERATE_UNPROVEN',
    message: expect.stringMatching(/cannot run in a transaction, .*: generate it by itself: CREATE INDEX CONCURRENTLY/),
  })
})

test('a type of an extension that the shadow lacks: the extension is told, and the way to a server', async () => {
  const located = user(
    `${column("'a', 'b'", ", default: 'a'")}; @Column({ type: 'geometry', nullable: true }) at!: string`,
  )
  await expect(generated(tables, located)).rejects.toMatchObject({
    code: 'GODWIT_SHADOW_EXTENSION',
    message: "The migration needs the extension 'postgis', which the shadow does not have.",
    hint: expect.stringContaining('--shadow <url>'),
  })
})

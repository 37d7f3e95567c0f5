import { expect, test } from 'vitest'
import type { GenerateOptions } from '../../src/project/generate.js'
import { generated } from './typeorm-generated.js'

test('a table of one shape in another schema is no rename', async () => {
  const { statements } = await generated(
    'CREATE SCHEMA app; CREATE SCHEMA other; CREATE TABLE other.users (id int primary key, name text)',
    `@Entity('users', { schema: 'app' }) export class User { @PrimaryColumn() id!: number; @Column('text') name!: string }`,
  )
  expect(statements.join('\n')).toContain('CREATE TABLE "app"."users"')
})

const tables = 'CREATE TABLE users (id int primary key, name text NOT NULL)'
const named = `@Entity('users') export class User { @PrimaryColumn() id!: number; @Column('text') mail!: string }`

test.each<[GenerateOptions, object]>([
  [
    { noRename: ['users.nmae:users.mail'] },
    {
      code: 'GODWIT_RENAME_UNUSABLE',
      message: expect.stringContaining('no users.nmae in the history; the nearest is users.name'),
    },
  ],
  [
    { noRename: ['users.name:users.mial'] },
    {
      code: 'GODWIT_RENAME_UNUSABLE',
      message: expect.stringContaining('no users.mial in what is wanted; the nearest is users.mail'),
    },
  ],
  [
    { recreate: ['user.name'], noRename: ['users.name:users.mail'] },
    { code: 'GODWIT_RECREATE_UNKNOWN', message: expect.stringContaining("Did you mean 'users.name'?") },
  ],
])('an answer about what is not there: %j', async (options, expected) => {
  await expect(generated(tables, named, options)).rejects.toMatchObject(expected)
})

test('a table is found by its schema, too, and what a rename gives has its new name', async () => {
  const { statements } = await generated(tables, named.replace("'users'", "'people'"), {
    rename: ['public.users:people'],
    noRename: ['people.name:people.mail'],
    recreate: ['people.id'],
  })
  expect(statements.join('\n')).toMatch(/RENAME TO "people"[\s\S]*DROP COLUMN "name"/)
})

test.each([
  [
    'a column',
    'CREATE TABLE users (id int primary key, "na.me" text NOT NULL)',
    `@Entity('users') export class User { @PrimaryColumn() id!: number; @Column('text', { name: "the: 'name'" }) name!: string }`,
    'users."na.me":users."the: \'name\'"',
    `'users."na.me":users."the: '\\''name'\\''"'`,
    `RENAME COLUMN "na.me" TO "the: 'name'"`,
  ],
  [
    'a table',
    'CREATE TABLE "old.users" (id int primary key, name text NOT NULL)',
    `@Entity('users') export class User { @PrimaryColumn() id!: number; @Column('text') name!: string }`,
    '"old.users":users',
    `'"old.users":users'`,
    'ALTER TABLE "public"."old.users" RENAME TO "users"',
  ],
])('%s with dots and colons in its names is asked about, and the answer is as it is printed', async (...given) => {
  const [, before, entities, answer, printed, renames] = given
  await expect(generated(before, entities)).rejects.toMatchObject({
    code: 'GODWIT_RENAME_OR_NOT',
    hint: expect.stringContaining(`--rename ${printed};`),
  })
  const { statements } = await generated(before, entities, { rename: [answer] })
  expect(statements.join('\n')).toContain(renames)
  expect(statements.join('\n')).not.toContain('DROP')
  const denied = await generated(before, entities, { noRename: [answer] })
  expect(denied.statements.join('\n')).toMatch(/DROP COLUMN "na.me"|CREATE TABLE "users"/)
})

const tag = (options = '') => `@Entity('tags') export class Tag { @PrimaryColumn() id!: number }
@Entity('users') export class User {
  @PrimaryColumn() id!: number
  @ManyToMany(() => Tag) @JoinTable({ name: 'user_tags'${options} }) tags!: Tag[]
}\n`
const userTag = (options = '') =>
  `@Entity('user_tags'${options}) export class UserTag { @PrimaryGeneratedColumn() id!: number; @Column('text') note!: string }`

test('an entity for the table that joins a relation', async () => {
  await expect(generated('SELECT 1', userTag() + tag())).rejects.toMatchObject({
    code: 'GODWIT_TYPEORM_JOIN_TABLE',
    message:
      "The table 'user_tags' is that of the entity UserTag in src/entities.ts, and with other columns the one that joins the relation User#tags in src/entities.ts.",
    hint: expect.stringContaining('synchronize: false'),
  })
})

test.each([
  [
    'both have the same columns, or',
    tag() +
      `@Entity('user_tags') export class UserTag { @PrimaryColumn() usersId!: number; @PrimaryColumn() tagsId!: number }`,
  ],
  ['the join table', userTag() + tag(', synchronize: false')],
  ['the entity', userTag(', { synchronize: false }') + tag()],
])('a table for both: %s is not synchronized', async (_what, entities) => {
  const { statements } = await generated('SELECT 1', entities)
  expect(statements.filter((each) => each.startsWith('CREATE TABLE "user_tags"'))).toHaveLength(1)
})

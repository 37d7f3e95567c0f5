import { expect, test } from 'vitest'
import type { GenerateOptions } from '../../src/project/generate.js'
import { openProject } from '../../src/project/open.js'
import { createProject } from '../formats/typeorm/support/project.js'
import { createDatabase } from '../support/database.js'

const entity = (body: string) => `import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'
@Entity() export class User { @PrimaryGeneratedColumn() id!: number; ${body} }`
const source = (entities: string) => `import * as entities from './${entities}'
import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', entities: Object.values(entities) as never, migrations: [__dirname + '/migrations/*.ts'] })`

async function changed(before: string, after: string, options: GenerateOptions = {}) {
  const { dir } = createProject({
    'godwit.config.json': '{ "format": "typeorm" }',
    'src/before.ts': entity(before),
    'src/after.ts': entity(after),
    'src/before-source.ts': source('before'),
    'src/after-source.ts': source('after'),
  })
  const database = await createDatabase()
  const at = (state: string) =>
    openProject({
      cwd: dir,
      env: {},
      databaseUrl: database.url,
      overrides: { typeorm: { dataSource: `src/${state}-source.ts` } },
    })
  await (await at('before')).generate('Before', {})
  await (await at('before')).up()
  const project = await at('after')
  return { project, database, report: await project.generate('After', options) }
}

test('a column that is made anew is told as a loss', async () => {
  const { report } = await changed(
    "@Column() a!: boolean; @Column({ default: 1 }) b!: number; @Column({ asExpression: 'b * 2', generatedType: 'STORED' }) c!: number",
    "@Column('uuid') a!: string; @Column({ default: 1 }) b!: number; @Column({ asExpression: 'b * 3', generatedType: 'STORED' }) c!: number",
  )
  expect(report.statements.join('\n')).toContain('DROP COLUMN "a"')
  expect(report.losses).toEqual(['column user.a'])
})

test('a type that does not hold every value is told as a loss', async () => {
  const { report } = await changed(
    `@Column('numeric', { precision: 8, scale: 2 }) a!: string; @Column('timestamptz') b!: Date; @Column('double precision') c!: number
     @Column('text') d!: string; @Column('timestamp') e!: Date; @Column('bigint') f!: string; @Column('timestamp') g!: Date
     @Column() grows!: number; @Column({ length: 5 }) longer!: string; @Column('varchar', { array: true }) h!: string[]`,
    `@Column() a!: number; @Column('date') b!: string; @Column('real') c!: number
     @Column({ length: 5 }) d!: string; @Column('date') e!: string; @Column() f!: number; @Column('timestamp', { precision: 3 }) g!: Date
     @Column('bigint') grows!: string; @Column({ length: 9 }) longer!: string; @Column('varchar', { array: true, length: 2 }) h!: string[]`,
  )
  const cut = 'values are rounded or cut'
  const fails = 'it fails where a value does not fit'
  expect(report.losses.toSorted()).toEqual([
    `column user.a (numeric(8,2) becomes integer: ${cut})`,
    `column user.b (timestamp with time zone becomes date: ${cut})`,
    `column user.c (double precision becomes real: ${cut})`,
    `column user.d (text becomes character varying(5): ${fails})`,
    `column user.e (timestamp becomes date: ${cut})`,
    `column user.f (bigint becomes integer: ${fails})`,
    `column user.g (timestamp(6) becomes timestamp(3): ${cut})`,
    `column user.h (character varying array becomes character varying(2) array: ${fails})`,
  ])
  expect(report.statements.join('\n')).not.toContain('DROP COLUMN')
})

test('values that an enum loses are told as a loss, as the change fails where they are', async () => {
  const { report, project, database } = await changed(
    `@Column({ type: 'enum', enum: ['a', 'b', "it's"] }) e!: string; @Column({ type: 'enum', enum: ['a', 'b'], array: true }) many!: string[]
     @Column({ type: 'enum', enum: [1, 2], enumName: 'old' }) other!: number; @Column({ type: 'enum', enum: ['a'] }) more!: string`,
    `@Column({ type: 'enum', enum: ['a'] }) e!: string; @Column({ type: 'enum', enum: ['b', 'c'], array: true }) many!: string[]
     @Column({ type: 'enum', enum: [1, 3], enumName: 'new' }) other!: number; @Column({ type: 'enum', enum: ['a', 'b'] }) more!: string`,
  )
  const fails = 'it fails where a value does not fit'
  expect(report.losses.toSorted()).toEqual([
    `column user.e (its enum loses 'b', 'it''s': ${fails})`,
    `column user.many (its enum loses 'a': ${fails})`,
    `column user.other (its enum loses '2': ${fails})`,
  ])
  await database.query(`insert into "user" (e, many, other, more) values ('b', '{}', '1', 'a')`)
  expect((await project.up()).error?.message).toMatch(/invalid input value for enum user_e_enum: "b"/)
})

test('the values of an enum are not cut when it becomes a shorter text', async () => {
  const { project, database } = await changed(
    "@Column({ type: 'enum', enum: ['pending'], default: 'pending' }) e!: string",
    '@Column({ length: 3 }) e!: string',
  )
  await database.query('insert into "user" default values')
  const { error } = await project.up()
  expect(error?.message).toMatch(/value too long/)
  expect(await database.query('select e::text from "user"')).toEqual([{ e: 'pending' }])
})

test.each([
  ['user.nmae:user.fullName', /there is no user.nmae in the history; the nearest is user.name/],
  ['users:people', /there is no users in the history; the nearest is user/],
  ['user.name:user.mail', /column "mail" .*already exists/],
])('a rename that cannot be is refused: %s', async (rename, message) => {
  const renamed = changed('@Column() name!: string; @Column() mail!: string', '@Column() mail!: string', {
    rename: [rename],
  })
  await expect(renamed).rejects.toMatchObject({
    code: 'GODWIT_RENAME_UNUSABLE',
    message: expect.stringMatching(message),
  })
})

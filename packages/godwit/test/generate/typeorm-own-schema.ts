import { writeFileSync } from 'node:fs'
import { expect, inject, test } from 'vitest'
import { openTypeormFormat } from '../../src/formats/typeorm/index.js'
import { openProject } from '../../src/project/open.js'
import { createProject, type TestProject, type Version } from '../formats/typeorm/support/project.js'
import { createDatabase } from '../support/database.js'

const entities = (
  column: string,
) => `import { Column, Entity, ManyToOne, PrimaryGeneratedColumn, ViewColumn, ViewEntity } from 'typeorm'
@Entity() export class Team { @PrimaryGeneratedColumn() id!: number; @Column() name!: string }
@Entity() export class Person {
  @PrimaryGeneratedColumn('uuid') id!: string
  @Column({ type: 'enum', enum: ['a', 'b'], default: 'a' }) kind!: string
  @Column({ generatedType: 'STORED', asExpression: \`'x' || "kind_text"\`, nullable: true }) shown!: string
  @Column('text', { default: '' }) kind_text!: string
  @ManyToOne(() => Team) team!: Team
  ${column}
}
@ViewEntity({ expression: 'SELECT "id" FROM "app"."team"' }) export class Ids { @ViewColumn() id!: number }
@ViewEntity({ expression: 'SELECT "shown" FROM "app"."person"' }) export class Shown { @ViewColumn() shown!: string }`

const plain = `import { Entity, PrimaryGeneratedColumn } from 'typeorm'
@Entity() export class Plain { @PrimaryGeneratedColumn() id!: number }`

const comments = `export class Comments2900000000000 {
  async up(runner: any) { for (const name of ['team', 'person']) await runner.query('COMMENT ON TABLE "app"."' + name + '" IS NULL') }
  async down() {}
}`

const makesSchema = `export class Schemas1000000000000 {
  async up(runner: any) { await runner.query('CREATE SCHEMA app') }
  async down(runner: any) { await runner.query('DROP SCHEMA app') }
}`

const source = (state: string, options = `schema: 'app',`) => `import * as entities from './${state}'
import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', ${options} entities: Object.values(entities) as never, migrations: [__dirname + '/migrations/*.ts'] })`

// Node keeps a module that it has loaded: each state of the entities is a file of its own.
function projectOf(version: Version, more: Record<string, string> = {}): TestProject {
  return createProject(
    {
      'godwit.config.json': '{ "format": "typeorm" }',
      'src/before.ts': entities(''),
      'src/before-source.ts': source('before'),
      'src/after.ts': entities('@Column({ default: 1 }) age!: number'),
      'src/after-source.ts': source('after'),
      'src/plain.ts': plain,
      'src/plain-source.ts': source('plain'),
      ...more,
    },
    version,
  )
}

function at(dir: string, state: string, databaseUrl?: string, schema?: string) {
  const typeorm = { dataSource: `src/${state}-source.ts`, ...(schema !== undefined && { schema }) }
  return openProject({ cwd: dir, env: {}, overrides: { typeorm }, ...(databaseUrl && { databaseUrl }) })
}

/** A data source with a schema of its own, which the application's database has. */
export function hasItsOwnSchema(version: Version): void {
  test.each(['PGlite', 'server'])(`${version}, shadow on %s: the data source has a schema of its own`, async (on) => {
    const shadow = on === 'server' ? inject('servers').pg18 : undefined
    const { dir } = projectOf(version)
    const first = await (await at(dir, 'before')).generate('First', { shadow })
    expect(first.notes).toEqual([])
    expect(first.statements.join('\n')).toContain('CREATE TABLE "app"."person"')
    expect(first.statements.join('\n')).not.toMatch(/SCHEMA/)
    expect((await (await at(dir, 'before')).generate('Again', { shadow })).statements).toEqual([])
    // As TypeORM itself writes it.
    const [file] = first.files
    const text = file?.content ?? ''
    const noted = (schema: string) => `["${schema}","person","GENERATED_COLUMN","shown"`
    expect(text).toContain(noted('app'))
    writeFileSync(file?.path ?? '', text.replaceAll(noted('app'), noted('public')))
    expect((await (await at(dir, 'before')).generate('Again', { shadow })).statements).toEqual([])
    writeFileSync(file?.path ?? '', text)

    const second = await (await at(dir, 'after')).generate('Second', { shadow })
    expect(second.statements).toEqual([expect.stringContaining('ALTER TABLE "app"."person" ADD "age"')])
    expect(second.notes).toEqual([])
    expect((await (await at(dir, 'after')).generate('Again', { shadow })).statements).toEqual([])

    const database = await createDatabase()
    await database.query('CREATE SCHEMA app')
    const live = await at(dir, 'after', database.url)
    expect((await live.up()).error).toBeUndefined()
    expect((await live.down({ step: 2 })).error).toBeUndefined()
    const left = `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'app'::regnamespace ORDER BY 1`
    expect(await database.query(left)).toEqual([{ relname: 'migrations' }, { relname: 'typeorm_metadata' }])
  })

  test(`${version}: verify with a data source that has a schema of its own`, async () => {
    const shadow = inject('servers').pg18
    const { dir } = projectOf(version)
    await (await at(dir, 'before')).generate('First', { shadow })
    const verified = await (await at(dir, 'before')).verify({ all: true, shadow })
    expect(verified.error).toBeUndefined()
    expect(verified.migrations.map(({ verdict }) => verdict)).toEqual(['reversible'])
  })

  test(`${version}: what the text of a migration does not tell is found out in the data source's schema`, async () => {
    const project = projectOf(version)
    await (await at(project.dir, 'before')).generate('First')
    project.write({ 'src/migrations/2900000000000-Comments.ts': comments })
    const { notListed, notes } = await (await at(project.dir, 'before')).lint()
    expect([notListed, notes]).toEqual([[], []])
  })

  test(`${version}: a migration that makes the schema which the history is in fails as it does on a database`, async () => {
    const { dir } = projectOf(version, { 'src/migrations/1000000000000-Schemas.ts': makesSchema })
    const shadow = inject('servers').pg18
    await expect((await at(dir, 'before')).generate('First', { shadow })).rejects.toMatchObject({
      code: 'GODWIT_SHADOW_REPLAY',
      message: expect.stringContaining('schema "app" already exists'),
    })
    const database = await createDatabase()
    await expect((await at(dir, 'before', database.url)).up()).rejects.toMatchObject({
      message: 'The server refused: schema "app" does not exist',
      hint: expect.stringContaining('CREATE SCHEMA'),
    })
    await database.query('CREATE SCHEMA app')
    const { error } = await (await at(dir, 'before', database.url)).up()
    expect(error?.message).toContain('schema "app" already exists')
  })

  test(`${version}: a migration makes the schema of the entities, and the history is elsewhere`, async () => {
    const { dir } = projectOf(version, { 'src/migrations/1000000000000-Schemas.ts': makesSchema })
    const shadow = inject('servers').pg18
    const { notes, statements } = await (await at(dir, 'plain', undefined, 'public')).generate('First', { shadow })
    expect(notes).toEqual([])
    expect(statements).toEqual([expect.stringContaining('CREATE TABLE "app"."plain"')])
  })

  test.each(['', `schema: 'public',`])(`${version}: a shadow begins as it is with the options %j`, async (options) => {
    const project = createProject({ 'src/data-source.ts': source('before', options), 'src/before.ts': '' }, version)
    expect(await (await openTypeormFormat(project.context())).shadowSetUp?.()).toBeUndefined()
  })
}

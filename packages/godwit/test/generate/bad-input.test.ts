import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { GodwitError } from '../../src/errors.js'
import { writeNew } from '../../src/project/create.js'
import { openProject } from '../../src/project/open.js'
import { start } from '../cli/run-cli.js'
import { createProject } from '../formats/typeorm/support/project.js'
import { scratchProject } from '../loading/scratch-project.js'

const imports = `import { ChildEntity, Column, Entity, Index, ManyToOne, PrimaryGeneratedColumn, TableInheritance } from 'typeorm'\n`
const id = '@PrimaryGeneratedColumn() id!: number'
const user = `${imports}@Entity('users') export class User { ${id} }\n`

const byGlob = `['src/entities/*.ts']`
const source = (entities: string) => `import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', entities: ${entities}, migrations: ['src/migrations/*.ts'] })`

function project(files: Record<string, string>, entities = byGlob): string {
  return createProject({
    'godwit.config.json': '{ "format": "typeorm" }',
    'src/data-source.ts': source(entities),
    ...files,
  }).dir
}

async function failure(dir: string, name = 'Initial'): Promise<GodwitError> {
  try {
    await (await openProject({ cwd: dir, env: {} })).generate(name)
  } catch (error) {
    expect(existsSync(join(dir, 'src/migrations'))).toBe(false)
    return error as GodwitError
  }
  throw new Error('it was generated')
}

describe('two entities for one table', () => {
  test('are named with their files', async () => {
    const error = await failure(
      project({ 'src/entities/user.ts': user, 'src/entities/member.ts': user.replace('class User', 'class Member') }),
    )
    expect(error).toMatchObject({
      code: 'GODWIT_TYPEORM_TWO_ENTITIES',
      details: { file: 'src/entities/user.ts', line: 2 },
    })
    expect(error.message).toBe(
      "Two entities are for the table 'users': Member in src/entities/member.ts and User in src/entities/user.ts.",
    )
  })

  test('may be one class that was loaded twice', async () => {
    const error = await failure(project({ 'src/entities/user.ts': user, 'src/entities/user2.ts': user }))
    expect(error.hint).toContain('one class that was loaded twice')
  })

  test('are two where only one is synchronized, or one is a child of the other', async () => {
    const dir = project({
      'src/entities/user.ts': `${imports}@Entity('users') @TableInheritance({ column: { type: 'varchar', name: 'kind' } }) export class User { ${id} }
@ChildEntity() export class Admin extends User { @Column() level!: string }
@Entity('users', { synchronize: false }) export class UserView { ${id} }\n`,
    })
    const { statements } = await (await openProject({ cwd: dir, env: {} })).generate('Initial')
    expect(statements.join('\n')).toContain('CREATE TABLE "users"')
  })
})

describe('what TypeORM says of entities', () => {
  test.each([
    [
      'a relation to a class that is no entity',
      'class Plain {}\n@Entity() export class Note { PK; @ManyToOne(() => Plain) plain!: Plain }',
      'Entity metadata for Note#plain was not found',
      'What Note#plain leads to is no entity of the data source',
    ],
    [
      'a column without a type',
      '@Entity() export class Note { PK; @Column() text: any }',
      'Data type "Object" in "Note.text" is not supported',
      'Say the type of Note.text',
    ],
    [
      'no primary key',
      '@Entity() export class Note { @Column() text!: string }',
      'Entity "Note" does not have a primary column',
      'Mend',
    ],
    [
      'an apostrophe in the name of a table',
      '@Entity("o\'brien") export class Note { PK }',
      'Note is for the table "o\'brien", and TypeORM cannot look for a name that holds an apostrophe',
      'Mend',
    ],
    ['an index on nothing', "@Entity() @Index(['gone']) export class Note { PK }", '(Note): gone', 'Mend'],
  ])('%s', async (_what, text, message, hint) => {
    const error = await failure(
      project({ 'src/entities/note.ts': imports + text.replace('PK', id), 'src/entities/user.ts': user }),
    )
    expect(error).toMatchObject({ code: 'GODWIT_TYPEORM_ENTITIES', details: { file: 'src/entities/note.ts' } })
    expect(error.message).toContain(`TypeORM refuses the entities of src/data-source.ts: `)
    expect(error.message).toContain(message)
    expect(error.hint).toContain(hint)
  })
})

describe('an unreadable data source', () => {
  test.each([
    [
      'that does not parse',
      'export default class {',
      { code: 'GODWIT_FILE_SYNTAX', details: { file: 'src/data-source.ts', line: 1 } },
    ],
    [
      'that throws',
      '\nthrow new Error("boom")',
      { code: 'GODWIT_FILE_THROWS', details: { file: 'src/data-source.ts', line: 2 } },
    ],
    [
      'that imports what is not there',
      "import './gone'",
      {
        code: 'GODWIT_MODULE_NOT_FOUND',
        message: /^Cannot find module '.\/gone', imported by src\/data-source.ts: tried src\/gone/,
      },
    ],
    ['without a DataSource', 'export const a = 1', { code: 'GODWIT_TYPEORM_DATA_SOURCE' }],
  ])('%s', async (_what, text, expected) => {
    expect(await failure(project({ 'src/data-source.ts': text, 'src/entities/user.ts': user }))).toMatchObject(expected)
  })

  test('that the config names and that is not there', async () => {
    const config = JSON.stringify({ format: 'typeorm', typeorm: { dataSource: 'src/nowhere.ts' } })
    expect(await failure(project({ 'godwit.config.json': config }))).toMatchObject({
      code: 'GODWIT_TYPEORM_DATA_SOURCE',
      message: 'src/nowhere.ts cannot be used as the TypeORM data source: it is not there',
    })
  })

  test('that nobody named and that is nowhere', async () => {
    const dir = createProject({ 'godwit.config.json': '{ "format": "typeorm" }', 'src/entities/user.ts': user }).dir
    expect(await failure(dir)).toMatchObject({ code: 'GODWIT_TYPEORM_NO_DATA_SOURCE' })
  })
})

describe('names', () => {
  test.each(['', '  ', '../Escape', '../../etc/Escape', '/tmp/Escape', '../', '...', '%%'])(
    '%j is none',
    async (name) => {
      expect(await failure(project({ 'src/entities/user.ts': user }), name)).toMatchObject({
        code: 'GODWIT_NAME_UNUSABLE',
      })
    },
  )

  test('one that a migration has already is refused, and may still be checked', async () => {
    const dir = project({
      'src/entities/user.ts': user,
      'src/migrations/1700000000000-AddUsers.ts':
        'export class AddUsers1700000000000 { async up() {} async down() {} }',
    })
    const opened = await openProject({ cwd: dir, env: {} })
    await expect(opened.generate('AddUsers')).rejects.toMatchObject({
      code: 'GODWIT_NAME_TAKEN',
      message: "There is a migration 'AddUsers' already: src/migrations/1700000000000-AddUsers.ts",
    })
    expect(readdirSync(join(dir, 'src/migrations'))).toHaveLength(1)
    expect((await (await openProject({ cwd: dir, env: {} })).generate('AddUsers', { dryRun: true })).name).toMatch(
      /^AddUsers\d{13}$/,
    )
  })
})

describe('what cannot be written', () => {
  test('a folder that is a file: the error names it, nothing is left', async () => {
    const dir = project({ 'src/entities/user.ts': user })
    writeFileSync(join(dir, 'src/migrations'), '')
    await expect((await openProject({ cwd: dir, env: {} })).generate('Initial')).rejects.toMatchObject({
      code: 'GODWIT_FILE_UNWRITABLE',
    })
  })

  test('a read-only folder: neither the first file nor a new folder stays', async () => {
    const dir = scratchProject({})
    mkdirSync(join(dir, 'open'))
    mkdirSync(join(dir, 'shut'))
    chmodSync(join(dir, 'shut'), 0o555)
    for (const each of [dir, join(dir, 'open')]) chmodSync(each, 0o777)
    asNobody()
    const files = [join(dir, 'open/new/a.sql'), join(dir, 'shut/b.sql')].map((path) => ({ path, content: 'x' }))
    await expect(writeNew({ name: 'x', files })).rejects.toMatchObject({
      code: 'GODWIT_FILE_UNWRITABLE',
      message: expect.stringContaining('shut/b.sql cannot be written: EACCES'),
    })
    expect(readdirSync(join(dir, 'open'))).toEqual([])
  })

  test('a name that is too long for the file system', async () => {
    const dir = project({ 'src/entities/user.ts': user })
    await expect((await openProject({ cwd: dir, env: {} })).generate('A'.repeat(300))).rejects.toMatchObject({
      code: 'GODWIT_FILE_UNWRITABLE',
      hint: expect.stringContaining('Its name is too long'),
    })
    expect(existsSync(join(dir, 'src/migrations'))).toBe(false)
  })

  test('an existing file stays as it is, and what was written before it goes', async () => {
    const dir = scratchProject({ 'b.sql': 'old' })
    const files = ['a.sql', 'b.sql'].map((name) => ({ path: join(dir, name), content: 'new' }))
    await expect(writeNew({ name: 'x', files })).rejects.toMatchObject({ code: 'GODWIT_FILE_EXISTS' })
    expect(readdirSync(dir)).toEqual(['b.sql'])
  })
})

// Nothing is read-only for root.
function asNobody(): void {
  if (process.getuid?.() !== 0) return
  process.seteuid?.(65534)
  onTestFinished(() => process.seteuid?.(0))
}

describe('no changes', () => {
  async function printed(files: Record<string, string>, entities = byGlob): Promise<string> {
    const { code, stdout } = await start(project(files, entities), {}, ['generate', 'Initial']).ended
    expect(code).toBe(4)
    expect(stdout).toMatch(/^No changes in database schema/m)
    return stdout
  }

  test('names the entities found, and the files beside them that give none', async () => {
    const stdout = await printed(
      {
        'src/entities/user.ts': `${imports}@Entity('users', { synchronize: false }) export class User { ${id} }`,
        'src/entities/index.ts': "export * from './user'\nexport { User as Member } from './user'\n",
        'src/entities/forgotten.ts': 'export class Forgotten { id = 1 }',
        'src/entities/unlisted.ts': user.replace('class User', 'class Unlisted'),
      },
      `[require('./entities').User]`,
    )
    expect(stdout).toContain('\nfound: User\n')
    expect(stdout).toContain('\nholds an entity that the data source does not name: src/entities/unlisted.ts\n')
    expect(stdout).toContain('\nholds no decorated class: src/entities/forgotten.ts\n')
  })

  test('says that there is no entity, and which glob matches nothing', async () => {
    const stdout = await printed({ 'src/entities/user.ts': user }, `['src/models/*.entity.ts']`)
    expect(stdout).toContain('\nfound: no entity\nmatches no file: src/models/*.entity.ts\n')
    expect(stdout).toContain('\nholds an entity that the data source does not name: src/entities/user.ts\n')
  })

  test('of a data source without entities', async () => {
    expect(await printed({ 'src/entities/plain.ts': 'export class Plain {}' }, '[]')).toContain(
      '\nfound: no entity\nholds no decorated class: src/entities/plain.ts\n',
    )
  })
})

test('compiled entities are used as they are named, and a warning says when they are old', async () => {
  const compiled = `const { Entity, PrimaryGeneratedColumn } = require('typeorm')
class User {}
PrimaryGeneratedColumn({ type: 'int' })(User.prototype, 'id')
Entity('builts')(User)
exports.User = User`
  const dir = project({
    'godwit.config.json': JSON.stringify({ format: 'typeorm', typeorm: { dataSource: 'dist/data-source.js' } }),
    'src/entities/user.ts': user,
    'dist/entities/user.js': compiled,
    'dist/data-source.js': `const { DataSource } = require('typeorm')
exports.default = new DataSource({ type: 'postgres', entities: [__dirname + '/entities/*.js'], migrations: ['src/migrations/*.ts'] })`,
  })
  for (const stale of [false, true]) {
    const time = Date.now() / 1000 + (stale ? 60 : -60)
    for (const file of ['src/data-source.ts', 'src/entities/user.ts']) utimesSync(join(dir, file), time, time)
    const { stdout, stderr } = await start(dir, {}, ['generate', 'Initial', '--check']).ended
    expect(stdout).toContain('CREATE TABLE "builts"')
    const said =
      'dist/data-source.js was built before the newest of its sources: build again, or name src/data-source.ts'
    expect(stderr.includes(said)).toBe(stale)
  }
})

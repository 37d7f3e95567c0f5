import { mkdirSync, symlinkSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { importDataSource } from '../../src/formats/typeorm/data-source.js'
import { importEntities } from '../../src/formats/typeorm/imported-classes.js'
import { openProject } from '../../src/project/open.js'
import { createProject } from '../formats/typeorm/support/project.js'
import { buildImportWorker } from '../loading/built-loader.js'

beforeAll(buildImportWorker)

const compilerOptions = {
  target: 'ES2022',
  module: 'nodenext',
  strict: true,
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  resolveJsonModule: true,
}

const json = (value: object) => JSON.stringify(value)

type Files = Record<string, string>

/** A project with these files; links are those of a workspace in `node_modules`. */
function project(files: Files, links: Record<string, string> = {}): string {
  const { dir } = createProject({ 'tsconfig.json': json({ compilerOptions }), ...files })
  for (const [name, target] of Object.entries(links)) {
    const link = join(dir, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(dir, target), link)
  }
  return dir
}

/** What generating would write. */
async function generated(dir: string): Promise<string> {
  const { statements } = await (await openProject({ cwd: dir, env: {} })).generate('Initial', { dryRun: true })
  return statements.join('\n')
}

/** The tables with their columns as TypeORM understands the entities, before it would connect. */
async function understood(dir: string, file = 'src/data-source.ts'): Promise<string[]> {
  const dataSource = await importDataSource(join(dir, file), dir)
  dataSource.setOptions({ entities: await importEntities(dataSource.options.entities, dir) })
  await (dataSource as unknown as { buildMetadatas: () => Promise<void> }).buildMetadatas()
  return dataSource.entityMetadatas
    .map(({ tableName, ...rest }) => {
      const { columns } = rest as unknown as { columns: { databaseName: string }[] }
      return `${tableName}: ${columns.map(({ databaseName }) => databaseName).join(' ')}`
    })
    .sort()
}

const source = (imports: string, entities: string, file = 'src/data-source.ts') => ({
  'godwit.config.json': json({ format: 'typeorm', typeorm: { dataSource: file } }),
  [file]: `import 'reflect-metadata'
import { DataSource } from 'typeorm'
${imports}
export default new DataSource({ type: 'postgres', entities: ${entities}, migrations: ['src/migrations/*.ts'] })
`,
})

const ofTypeorm = `import { Column, Entity, JoinColumn, ManyToOne, OneToMany, OneToOne, PrimaryGeneratedColumn } from 'typeorm'\n`
const entity = (name: string, more = '') =>
  `${ofTypeorm}@Entity('${name.toLowerCase()}s') export class ${name} { @PrimaryGeneratedColumn() id!: number; ${more} }\n`

const written: Record<string, string> = { ts: '.js', mts: '.mjs', cts: '.cjs' }

// Each imports the other, and the types of the relations are read as soon as the classes are defined.
const circular = (ending: string): Files => ({
  [`src/author.entity.${ending}`]: `import { Book } from './book.entity${written[ending]}'\n${entity(
    'Author',
    `@Column() born!: Date
  @OneToMany(() => Book, (book) => book.author) books!: Book[]
  @OneToOne(() => Book, (book) => book.firstOf) @JoinColumn() first!: Book`,
  )}`,
  [`src/book.entity.${ending}`]: `import { Author } from './author.entity${written[ending]}'\n${entity(
    'Book',
    `@Column() pages!: number
  @ManyToOne(() => Author, (author) => author.books, { onDelete: 'CASCADE' }) author!: Author
  @OneToOne(() => Author, (author) => author.first) firstOf!: Author`,
  )}`,
})

const kinds = [['commonjs'], ['module'], [undefined]] as const
const endings = Object.keys(written)
const globs = "['src/*.entity.{ts,mts,cts}']"

describe.each(kinds)('in a package of type %s', (type) => {
  const manifest = { 'package.json': json({ type }) }

  test.each(endings)('entities in .%s that import each other, by a glob and by class', async (ending) => {
    const file = `src/data-source.${ending}`
    const both = ['authors: id born firstId', 'books: id pages authorId']
    const byGlob = project({ ...manifest, ...circular(ending), ...source('', globs, file) })
    expect(await understood(byGlob, file)).toEqual(both)
    const [author, book] = ['author', 'book'].map((name) => `./${name}.entity${written[ending]}`)
    for (const imports of [
      `import { Author } from '${author}'\nimport { Book } from '${book}'`,
      `import { Book } from '${book}'\nimport { Author } from '${author}'`,
    ]) {
      const dir = project({ ...manifest, ...circular(ending), ...source(imports, '[Author, Book]', file) })
      expect(await understood(dir, file)).toEqual(both)
    }
  })

  test('generates from entities that import each other through aliases of an extended tsconfig', async () => {
    const files = Object.entries(circular('ts')).map(([name, text]) => [name, text.replaceAll("'./", "'@entities/")])
    const dir = project({
      ...manifest,
      ...Object.fromEntries(files),
      ...source(
        "import { Author } from '@entities/author.entity'\nimport { Book } from '@entities/book.entity.js'",
        '[Author, Book]',
      ),
      'config/tsconfig.base.json': json({
        compilerOptions: { ...compilerOptions, paths: { '@entities/*': ['../src/*'] } },
      }),
      'tsconfig.json': json({ extends: './config/tsconfig.base.json' }),
    })
    const text = await generated(dir)
    expect(text).toContain('CREATE TABLE "authors" ("id" SERIAL NOT NULL, "born" TIMESTAMP NOT NULL, "firstId" integer')
    expect(text).toContain('CREATE TABLE "books" ("id" SERIAL NOT NULL, "pages" integer NOT NULL, "authorId" integer')
    expect(text).toContain('FOREIGN KEY ("authorId") REFERENCES "authors"("id") ON DELETE CASCADE')
  })

  test.each([
    ["import settings from './settings.json'", 'settings.name'],
    ["import settings from './settings.json' with { type: 'json' }", 'settings.name'],
    ["import { name } from './settings.json'", 'name'],
    ["import * as settings from './settings.json'", 'settings.name'],
  ])('takes JSON: %s', async (line, expression) => {
    const dir = project({
      ...manifest,
      'src/settings.json': '{ "name": "tags", "odd-one": 1, "default": 2 }',
      'src/tag.entity.ts': `${line}\n${entity('Tag').replace("'tags'", expression)}`,
      ...source('', globs),
    })
    expect(await understood(dir)).toEqual(['tags: id'])
  })

  const shared = (main: object): Files => ({
    ...manifest,
    'packages/shared/package.json': json({ name: '@acme/shared', type, ...main }),
    'packages/shared/tsconfig.json': json({ compilerOptions: { ...compilerOptions, outDir: 'dist' } }),
    'packages/shared/src/index.ts': "export * from './entities/user.js'",
    'packages/shared/src/entities/user.ts': entity('User'),
    ...source("import { User } from '@acme/shared'", '[User]'),
  })

  test.each([
    ['its source', { main: './src/index.ts' }],
    ['its source without an ending', { main: 'src/index' }],
    ['an output that was not built', { main: './dist/index.js', types: './dist/index.d.ts' }],
    ['an output a kind', { main: 'dist/cjs/index.js' }],
    ['outputs by condition', { exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } } }],
    ['an output without a subpath', { exports: './dist/index.js' }],
    ['nothing', {}],
  ])('takes a workspace package whose manifest names %s', async (_what, main) => {
    expect(await understood(project(shared(main), { '@acme/shared': 'packages/shared' }))).toEqual(['users: id'])
  })

  test('takes the subpaths of a workspace package that was not built', async () => {
    const exports = { '.': './dist/index.js', './user': './dist/entities/user.js', './all/*': './dist/entities/*.js' }
    const dir = project(
      {
        ...shared({ exports }),
        'packages/shared/src/entities/group.ts': entity('Group'),
        ...source(
          "import { User } from '@acme/shared/user'\nimport { Group } from '@acme/shared/all/group'",
          '[User, Group]',
        ),
      },
      { '@acme/shared': 'packages/shared' },
    )
    expect(await understood(dir)).toEqual(['groups: id', 'users: id'])
  })

  test.each([
    ['fresh', ['olds: id']],
    ['older than one of its sources', ['users: id']],
  ])('takes the output of a workspace package that is %s', async (age, tables) => {
    const built = `const { Entity, PrimaryGeneratedColumn } = require('typeorm')
class User {}
PrimaryGeneratedColumn({ type: 'int' })(User.prototype, 'id')
Entity('olds')(User)
exports.User = User`
    const dir = project(
      {
        ...shared({ main: './dist/index.cjs' }),
        'packages/shared/dist/index.cjs': built,
        'packages/shared/src/index.cts': "export * from './entities/user.js'",
      },
      { '@acme/shared': 'packages/shared' },
    )
    const time = Date.now() / 1000 + (age === 'fresh' ? 60 : -60)
    utimesSync(join(dir, 'packages/shared/dist/index.cjs'), time, time)
    expect(await understood(dir)).toEqual(tables)
  })
})

import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { byOrder } from '../../../src/engine/order.js'
import { openTypeormFormat } from '../../../src/formats/typeorm/index.js'
import { createProject, dataSource, type TestProject, tableMigration } from './support/project.js'

const url = 'postgres://nobody@127.0.0.1:1/none'

async function list(project: TestProject, ...args: Parameters<TestProject['context']>) {
  const format = await openTypeormFormat(project.context(...args))
  return (await format.list()).sort(byOrder)
}

test('a folder is listed without importing anything', async () => {
  const project = createProject({
    'src/data-source.ts': `throw new Error('imported')`,
    'm/1700000000002-B.ts': `throw new Error('imported')\n${tableMigration('B1700000000002', 'b')}`,
    'm/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    'm/notes.md': '',
    'm/types.d.ts': 'export class X1700000000009 { up(): void }',
    'm/deeper/1700000000003-C.ts': tableMigration('C1700000000003', 'c'),
  })
  const section = { table: 'migrations', schema: 'public' }
  expect(await list(project, 'm', section)).toMatchObject([
    { name: 'A1700000000001', file: `${project.dir}/m/1700000000001-A.ts`, reversible: true },
    { name: 'B1700000000002' },
  ])
  expect((await list(project, 'm/**/*.ts', section)).map((file) => file.name)).toEqual([
    'A1700000000001',
    'B1700000000002',
    'C1700000000003',
  ])
  expect(project.said).toEqual([])
})

test('the globs of a data source are read from its text', async () => {
  const options = [
    `migrations: [__dirname + '/migrations/*{.ts,.js}']`,
    `migrations: [\`\${__dirname}/migrations/*.ts\`],`,
    `migrations: [join(__dirname, 'migrations', '*.ts')],`,
    `migrations: [path.resolve(__dirname, './migrations/*.{js,ts}')],`,
    `migrations: ['src/migrations/*.ts'],`,
    `migrations: ['src/migrations/1*.ts', "src/migrations/nothing/*"], logging: process.env.X === 'y',`,
  ]
  for (const option of options) {
    const project = createProject({
      'src/data-source.ts': `throw new Error('imported')\n${dataSource(url, option)}`,
      'src/migrations/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    })
    expect((await list(project)).map((file) => file.name)).toEqual(['A1700000000001'])
    expect(project.said).toEqual([])
  }
})

test('what a data source does not say literally is asked of itself', async () => {
  const options = [
    `migrations: [['src', 'migrations', '*.ts'].join('/')]`,
    `...{ migrations: ['src/migrations/*.ts'] }`,
    `migrations: ['src/migrations/*.ts'], migrationsTableName: String('other'),`,
    `migrations: ['src/migrations/*.ts'], get migrationsTableName() { return 'other' },`,
  ]
  for (const option of options) {
    const project = createProject({
      'src/data-source.ts': dataSource(url, option),
      'src/migrations/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    })
    const format = await openTypeormFormat(project.context())
    expect((await format.list()).map((file) => file.name)).toEqual(['A1700000000001'])
    expect(format.history.name).toBe(option.includes('other') ? 'other' : 'migrations')
    expect(project.said.filter((line) => line.includes('is imported'))).toHaveLength(1)
  }
})

test('classes that a data source lists are found in their files', async () => {
  const project = createProject({
    'src/data-source.ts': `import { A1700000000001 } from './migrations/1700000000001-A'
import * as all from './migrations'
import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', url: '${url}', migrations: [...Object.values(all), A1700000000001] })`,
    'src/migrations/index.ts': `export { B1700000000002 } from './1700000000002-B'`,
    'src/migrations/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    'src/migrations/1700000000002-B.ts': tableMigration('B1700000000002', 'b'),
  })
  const files = await list(project)
  expect(files.map((file) => file.file)).toEqual([
    `${project.dir}/src/migrations/1700000000001-A.ts`,
    `${project.dir}/src/migrations/1700000000002-B.ts`,
  ])
  expect(files).toEqual(
    (await list(project, 'src/migrations')).map((file, i) => ({ ...file, sortKey: files[i]?.sortKey })),
  )
})

test('a source and its compiled output are one migration', async () => {
  const project = createProject({
    'src/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    'dist/1700000000001-A.js': `class A1700000000001 { async up() {} async down() {} }\nexports.A1700000000001 = A1700000000001`,
    'dist/1700000000002-B.js': `exports.B1700000000002 = class B1700000000002 { async up() {} }`,
  })
  const all = '{src,dist}/*.{ts,js}'
  const kinds = (files: { hash: string }[]) => files.map((file) => file.hash.slice(0, 2))
  expect(kinds(await list(project, all))).toEqual(['ts', 'js'])
  expect(kinds(await list(project, all, { compiled: true }))).toEqual(['js', 'js'])
  utimesSync(`${project.dir}/dist/1700000000001-A.js`, 1, 1)
  expect(kinds(await list(project, all, { compiled: true }))).toEqual(['ts', 'js'])
})

test('line endings and a byte order mark are no edit', async () => {
  const project = createProject({ 'm/1700000000001-A.ts': tableMigration('A1700000000001', 'a') })
  const [before] = await list(project, 'm')
  project.write({ 'm/1700000000001-A.ts': `\uFEFF${tableMigration('A1700000000001', 'a').replaceAll('\n', '\r\n')}` })
  expect(await list(project, 'm')).toEqual([before])
  project.write({ 'm/1700000000001-A.ts': tableMigration('A1700000000001', 'other') })
  expect((await list(project, 'm'))[0]?.hash).not.toBe(before?.hash)
})

test('a class added to a file with several is no edit of the others', async () => {
  const [a, b, c] = ['A1700000000001', 'B1700000000002', 'C1700000000003'].map((name) => tableMigration(name, 't'))
  const project = createProject({ 'm/all.ts': `${a}${b}` })
  const [before] = await list(project, 'm')
  project.write({ 'm/all.ts': `import type { X } from 'y'\n${c}${a}${b}` })
  const after = await list(project, 'm')
  expect(after.map((file) => file.name)).toEqual(['A1700000000001', 'B1700000000002', 'C1700000000003'])
  expect(after[0]?.hash).toBe(before?.hash)
})

test('equal timestamps keep the order of the listing, and the last 13 characters count', async () => {
  const project = createProject({
    'm/2-b.ts': tableMigration('Zebra1700000000005', 'b'),
    'm/3-c.ts': tableMigration('Apple1700000000005', 'c'),
    'm/1-a.ts': tableMigration('To2024to20251710273398304', 'a'),
    'm/0-quoted.ts': tableMigration('Q', 'q').replace("name = 'Q'", 'name = "it\'s ünïq 1700000000004"'),
  })
  expect((await list(project, 'm')).map((file) => file.name)).toEqual([
    "it's ünïq 1700000000004",
    'Zebra1700000000005',
    'Apple1700000000005',
    'To2024to20251710273398304',
  ])
})

test('what only running a file tells is found by importing it, and said', async () => {
  const project = createProject({
    'm/computed.ts': `export class A { name = ['A', 1700000000001].join(''); async up() {} async down() {} }`,
  })
  expect((await list(project, 'm')).map((file) => file.name)).toEqual(['A1700000000001'])
  expect(project.said).toEqual([expect.stringContaining('m/computed.ts is imported')])
})

test('an index that passes on what is listed anyway is no duplicate', async () => {
  const project = createProject({
    'm/1700000000001-A.ts': tableMigration('A1700000000001', 'a'),
    'm/index.ts': `export * from './1700000000001-A'`,
    'm/1700000000002-Empty.ts': `// nothing yet`,
  })
  expect((await list(project, 'm')).map((file) => file.name)).toEqual(['A1700000000001'])
  expect(project.warnings).toEqual(['m/1700000000002-Empty.ts exports no migration class, so it is left out'])
})

test.each([
  [{ 'm/x.ts': tableMigration('NoTime', 'a') }, 'GODWIT_TYPEORM_NO_TIMESTAMP', /NoTime in m\/x\.ts/],
  [{ 'm/x.ts': `export class A20240101 { name = ['N'][0]; async up() {} }` }, 'GODWIT_TYPEORM_NO_TIMESTAMP', /N in m/],
  [
    { 'm/x.ts': tableMigration('A1700000000001', 'a'), 'm/y.ts': tableMigration('A1700000000001', 'a') },
    'GODWIT_DUPLICATE_NAME',
    /m\/x\.ts and m\/y\.ts/,
  ],
  [{ 'n/x.ts': '' }, 'GODWIT_FOLDER_MISSING', /: m$/],
  [{ 'm/x.ts': `export class A1 { name = fail(); async up() {} }` }, 'GODWIT_FILE_THROWS', /m\/x\.ts/],
])('%# refused', async (files, code, message) => {
  const project = createProject(files as Record<string, string>)
  await expect(list(project, 'm')).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
})

test('a text that was read before is not read again, and an edited one is', async () => {
  const project = createProject({
    'm/all.ts': `${tableMigration('A1700000000001', 'a')}${tableMigration('B1700000000002', 'b')}`,
    'm/computed.ts': `export class C { name = ['C', 1700000000003].join(''); async up() {} async down() {} }`,
  })
  const first = await list(project, 'm')
  expect(await list(project, 'm')).toEqual(first)
  const folder = join(project.dir, 'node_modules/.cache/godwit')
  const [name] = readdirSync(folder).filter((file) => file.startsWith('typeorm-listing'))
  const cache = join(folder, name ?? '')
  writeFileSync(cache, readFileSync(cache, 'utf8').replaceAll('A1700000000001', 'Known1700000000001'))
  expect((await list(project, 'm'))[0]?.name).toBe('Known1700000000001')
  project.write({ 'm/all.ts': tableMigration('D1700000000004', 'd') })
  expect((await list(project, 'm')).map((file) => file.name)).toEqual(['C1700000000003', 'D1700000000004'])
  writeFileSync(cache, 'broken')
  expect((await list(project, 'm')).map((file) => file.name)).toEqual(['C1700000000003', 'D1700000000004'])
})

test('a module with an array of migrations leads to their files', async () => {
  const project = createProject({
    'm/all.ts': `import { A1700000000001 } from './a'\nimport { B1700000000002 } from './b'\nexport const migrations = [A1700000000001, B1700000000002]`,
    'm/a.ts': tableMigration('A1700000000001', 'a'),
    'm/b.ts': tableMigration('B1700000000002', 'b'),
  })
  const format = await openTypeormFormat(project.context('m/all.ts'))
  const files = await format.list()
  expect(files.map((file) => file.file)).toEqual([`${project.dir}/m/a.ts`, `${project.dir}/m/b.ts`])
  expect((await format.load(files[1]!, 'down'))?.kind).toBe('function')
  expect((await list(project, 'm')).map((file) => file.name)).toEqual(['A1700000000001', 'B1700000000002'])
  expect((await list(project, 'm/[ab].ts')).map((file) => file.hash)).toEqual(files.map((file) => file.hash))
})

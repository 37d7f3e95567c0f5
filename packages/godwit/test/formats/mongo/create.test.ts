import { expect, test } from 'vitest'
import { writeNew } from '../../../src/project/create.js'
import { createProject, documented, framework, type TestProject } from './support/project.js'

const now = new Date('2026-01-02T03:04:05.678Z')

async function create(project: TestProject, name: string, migrations = 'm', template?: string) {
  const format = await project.open(migrations)
  const made = await format.create(name, { now, ...(template === undefined ? {} : { template }) })
  return { ...made, shown: made.files.map(({ path }) => path.slice(project.dir.length + 1)) }
}

const array = (more = '') => `import { A } from './001-a';
import { B } from './002-b';${more}

const migrations = [
  // ... existing migrations
  A,
  B,
];
`

test('the next migration is written as the document does, and listed', async () => {
  const project = createProject({
    'm/framework.ts': framework,
    'm/run-migrations.ts': array(),
    'm/001-a.ts': documented('001-a', 'A'),
    'm/002-b.ts': documented('002-b', 'B'),
  })
  const made = await create(project, 'Add userPreferences', 'm/run-migrations.ts')
  expect([made.name, made.shown]).toEqual([
    '003-add-user-preferences',
    ['m/003-add-user-preferences.ts', 'm/run-migrations.ts'],
  ])
  await writeNew(made)
  expect(project.read('m/003-add-user-preferences.ts')).toBe(`import * as mongoose from 'mongoose';
import { Migration } from './framework';

export const AddUserPreferencesMigration: Migration = {
  name: '003-add-user-preferences',

  up: async (): Promise<void> => {
    const database = mongoose.connection;
  },

  down: async (): Promise<void> => {
    const database = mongoose.connection;
  },
};
`)
  expect(project.read('m/run-migrations.ts')).toBe(`import { A } from './001-a';
import { B } from './002-b';
import { AddUserPreferencesMigration } from './003-add-user-preferences';

const migrations = [
  // ... existing migrations
  A,
  B,
  AddUserPreferencesMigration,
];
`)
  expect(await project.list('m/run-migrations.ts')).toEqual(['001-a', '002-b', '003-add-user-preferences'])
  const format = await project.open('m/run-migrations.ts')
  for (const file of await format.list()) expect(await format.load(file, 'up')).toMatchObject({ kind: 'documents' })
  expect(project.warnings).toEqual([])
})

test('arrays are added to as they are written', async () => {
  const before = `import { A } from './001-a'\n`
  const entry = 'CMigration'
  const own = `import { ${entry} } from './002-c'`
  const cases: [string, string][] = [
    [`${before}const migrations = [A]`, `${before}${own}\nconst migrations = [A, ${entry}]`],
    [`${before}const migrations = []`, `${before}${own}\nconst migrations = [\n  ${entry},\n]`],
    [
      `${before}const migrations = [\n\tA // first\n]`,
      `${before}${own}\nconst migrations = [\n\tA, // first\n\t${entry}\n]`,
    ],
    [
      `import { A } from "./001-a.js";\nexport default [A,];`,
      `import { A } from "./001-a.js";\nimport { ${entry} } from "./002-c.js";\nexport default [A, ${entry},];`,
    ],
    [
      `import { A } from './001-a.ts'\r\nexport const migrations = [\r\n  A,\r\n]`,
      `import { A } from './001-a.ts'\r\nimport { ${entry} } from './002-c.ts'\r\nexport const migrations = [\r\n  A,\r\n  ${entry},\r\n]`,
    ],
    [
      `const { A } = require('./001-a');\nmodule.exports = { migrations: [A] };`,
      `const { A } = require('./001-a');\nconst { ${entry} } = require('./002-c');\nmodule.exports = { migrations: [A, ${entry}] };`,
    ],
  ]
  for (const [text, expected] of cases) {
    const project = createProject({ 'm/run.ts': text, 'm/001-a.ts': documented('001-a', 'A') })
    const { files } = await create(project, 'c', 'm/run.ts')
    expect(files[1]).toMatchObject({ content: expected, replaces: text })
  }
})

test('an array that is not plain is left alone, with a word on what to add', async () => {
  const texts = [
    `import { A } from './001-a';\nexport const migrations = [A].concat([])`,
    `export const migrations = [{ name: '001-a', up() {}, down() {} }]`,
    `import { A } from './001-a';\nexport const migrations = [A]\nconst CMigration = 1`,
    `export const migrations = []\nimport './x'`,
  ]
  for (const text of texts) {
    const project = createProject({ 'm/run.ts': text, 'm/001-a.ts': documented('001-a', 'A') })
    const { shown, notes } = await create(project, 'c', 'm/run.ts')
    expect(shown).toEqual(['m/002-c.ts'])
    expect(notes?.[0]).toMatch(
      /^Add it to m\/run\.ts: import \{ CMigration \} from '\.\/002-c'.*, and CMigration as the last of the array\.$/,
    )
  }
})

test('a module that changed in between is not overwritten', async () => {
  const project = createProject({ 'm/run.ts': array(), 'm/001-a.ts': '', 'm/002-b.ts': '' })
  const made = await create(project, 'c', 'm/run.ts')
  project.write({ 'm/run.ts': 'other' })
  await expect(writeNew(made)).rejects.toMatchObject({ code: 'GODWIT_FILE_EXISTS' })
  expect(project.read('m/run.ts')).toBe('other')
})

test('numbers go on as the folder counts', async () => {
  const cases: [string[], string][] = [
    [[], '001-c'],
    [['001-a.ts', '009-b.ts'], '010-c'],
    [['0001-a.ts', 'helper.ts', 'index.ts'], '0002-c'],
    [['9-a.ts', '10-b.ts'], '11-c'],
    [['20260101000000-a.ts'], '20260102030405-c'],
    [['1700000000000-a.ts'], '1767323045678-c'],
  ]
  for (const [names, expected] of cases) {
    const project = createProject(Object.fromEntries(names.map((name) => [`m/${name}`, 'x'])))
    expect((await create(project, 'c')).name).toBe(expected)
  }
})

test('names become words between dashes, and what they export an identifier', async () => {
  const cases: [string, string, string][] = [
    ['Add Users', '001-add-users', 'AddUsersMigration'],
    ['addUserPreferences', '001-add-user-preferences', 'AddUserPreferencesMigration'],
    ['004-add_index', '004-add-index', 'AddIndexMigration'],
    ['2fa', '001-2fa', '_2faMigration'],
    ['005-ümläute.ts', '005-ümläute', 'ÜmläuteMigration'],
    ["../x'y", '001-x-y', 'XYMigration'],
  ]
  for (const [typed, name, exported] of cases) {
    const made = await create(createProject({}), typed, 'm', 'ts')
    expect([made.name, made.shown]).toEqual([name, [`m/${name}.ts`]])
    expect(made.files[0]?.content).toContain(`export const ${exported} = {\n  name: '${name}'`)
  }
  for (const typed of ['', '-', '/', '004-']) {
    await expect(create(createProject({}), typed)).rejects.toMatchObject({ code: 'GODWIT_NAME_UNUSABLE' })
  }
})

test('a folder’s language and style are kept, and what is written can be run', async () => {
  const cases: [Record<string, string>, string, RegExp, string?][] = [
    [{ 'tsconfig.json': '{}' }, '001-c.ts', /^import type \{ Db \} from 'mongodb'\n/],
    [{}, '001-c.js', /^exports\.CMigration = \{/],
    [{ 'package.json': '{"type":"module"}' }, '001-c.js', /^export const CMigration = \{/],
    [{ 'm/001-a.mjs': 'export default 1;' }, '002-c.mjs', /async \(\{ db \}\) => \{\},\n\};\n$/],
    [{ 'm/001-a.cjs': 'exports.a = 1' }, '002-c.cjs', /^exports\.CMigration[^;]*$/],
    [
      { 'm/framework.ts': framework, 'package.json': '{"type":"module"}' },
      '001-c.ts',
      /import type \{ Migration \} from '\.\/framework\.js';/,
      'ts',
    ],
    [{ 'm/framework.ts': framework }, '001-c.ts', /import \{ Migration \} from '\.\/framework';/, 'ts'],
    [
      { 't.txt.ts': `export const X = { name: '{{name}}', up() {}, down() {} }` },
      '001-c.ts',
      /^export const X = \{ name: '001-c'/,
      't.txt.ts',
    ],
  ]
  for (const [files, name, text, template] of cases) {
    const project = createProject(files)
    const made = await create(project, 'c', 'm', template)
    expect(made.shown).toEqual([`m/${name}`])
    expect(made.files[0]?.content).toMatch(text)
    await writeNew(made)
    const format = await project.open(`m/*c.*`)
    const [file] = await format.list()
    expect(file?.name).toBe(made.name)
    expect(file && (await format.load(file, 'up'))).toMatchObject({ kind: 'documents' })
  }
})

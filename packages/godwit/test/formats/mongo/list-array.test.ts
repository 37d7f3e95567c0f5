import { expect, test } from 'vitest'
import { byOrder } from '../../../src/engine/order.js'
import { createProject, documented, framework } from './support/project.js'

const folder = 'src/database/migrations'
const runner = `${folder}/run-migrations.ts`
const trap = `throw new Error('imported');`

test('the array of a runner is read without importing anything', async () => {
  const project = createProject({
    [`${folder}/framework.ts`]: framework,
    [`${folder}/001-a.ts`]: documented('001-a', 'A', trap),
    [`${folder}/010-c.ts`]: documented('010-c', 'C', trap),
    [`${folder}/002-b.ts`]: documented('002-b', 'B', trap),
    [runner]: `import { A } from './001-a';
import { Migration } from './framework';
import { B as Second } from './002-b.js';
import { C } from "./010-c"; // the last one

const started = Date.now();
const migrations: Migration[] = [
  // ... existing migrations
  A,
  Second,
  C,
];

async function main(): Promise<void> {
  const seconds = (Date.now() - started) / 1000;
  for (const migration of migrations) await migration.up();
  console.log(seconds, 0);
}
${trap}
main();
`,
  })
  expect(await project.list()).toEqual(['001-a', '002-b', '010-c'])
  expect(await project.list(runner)).toEqual(['001-a', '002-b', '010-c'])
  const [first] = await (await project.open(runner)).list()
  expect(first).toMatchObject({ file: `${project.dir}/${folder}/001-a.ts`, reversible: true })
  expect(first?.hash).toMatch(/^ts:[0-9a-f]{64}$/)
  expect([project.said, project.warnings]).toEqual([[], []])
})

test('every way to write an array and what is in it', async () => {
  const a = `import a from './a'`
  const one = `{ name: '001', async up() {}, down: false }`
  const cases: Record<string, [string[], string]> = {
    'exported const': [['001'], `${a}\nexport const migrations = [a] as const`],
    'exported later': [['001'], `${a}\nconst migrations = [a] satisfies unknown[];\nexport { migrations }`],
    'default array': [['001'], `${a}\nexport default [a]`],
    'default name': [['001'], `${a}\nconst all: Array<() => void> = [a]\nexport default all`],
    'inline objects': [
      ['001', '002'],
      `export const migrations = [${one}, { 'name': "002", up: async () => {}, down() {} }]`,
    ],
    'a spread': [
      ['001', '002'],
      `import { more } from './more'\nexport const migrations = [...more, { name: '002', up() {}, down() {} },]`,
    ],
    'a namespace': [['001'], `import * as m from './a'\nexport const migrations = [m.default]`],
    're-exported': [['003'], `import { C as X } from './all'\nexport const migrations = [X]`],
    'passed on': [['003'], `import { C } from './star'\nexport const migrations = [C]`],
    'a local const': [['001'], `const a = ${one} as const\nexport const migrations = [a]`],
    'an old import': [['001'], `import a = require('./c')\nexport const migrations = [a.default]`],
    'from elsewhere': [['001'], `export { more as migrations } from './more'`],
    nothing: [[], `export const migrations: Migration[] = []`],
  }
  for (const [what, [names, text]] of Object.entries(cases)) {
    const project = createProject({
      'm/run.ts': `${text}\n${trap}`,
      'm/a.ts': `const it: Migration = ${one}\nexport default it\n${trap}`,
      'm/b.ts': `export const C = { name: '003', up: run, down: undo } satisfies Migration\n${trap}`,
      'm/c.cts': `exports.default = ${one}`,
      'm/all.ts': `export { C } from './b'`,
      'm/star.ts': `export * from './a'\nexport * from './b'`,
      'm/more.ts': `export const more = [${one}]\n${trap}`,
    })
    expect(await project.list('m/run.ts'), what).toEqual(names)
    expect([project.said, project.warnings], what).toEqual([[], []])
  }
})

test('compiled CommonJS is read like its source', async () => {
  const project = createProject({
    'dist/001-a.js': `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.B = exports.A = void 0;
const mongoose = __importStar(require("mongoose"));
${trap}
exports.A = { name: '001-a', up: async () => { }, down: async () => { } };
exports.B = { name: '002-b', up: async () => { }, down: async () => { } };`,
    'dist/003-c.js': `module.exports = { name: '003-c', async up() {}, async down() {} }\n${trap}`,
    'dist/004-d.js': `const D = { name: '004-d', async up() {}, async down() {} }\nmodule.exports = { D }\n${trap}`,
    'dist/run.js': `"use strict";
const _001_a_1 = require("./001-a");
const { D } = require("./004-d");
const c = require('./003-c')
const migrations = [
    _001_a_1.A,
    _001_a_1.B,
    D,
];
${trap}`,
  })
  expect(await project.list('dist/run.js')).toEqual(['001-a', '002-b', '004-d'])
  expect(project.said).toEqual([])
})

test('what the text does not tell is asked of the module, and said', async () => {
  const cases: Record<string, string> = {
    'a pushed entry': `import { A } from './001-a'\nexport const migrations = []\nmigrations.push(A)`,
    'another value': `import { A } from './001-a'\nexport let migrations = []\nmigrations = [A]`,
    'a call': `import { A } from './001-a'\nexport const migrations = [A].map((each) => each)`,
    'a computed name': `import { N } from './computed'\nexport const migrations = [N]`,
    'a changed one': `import { A } from './001-a'\nexport const migrations = [B()]\nfunction B() { return A }`,
  }
  for (const [what, text] of Object.entries(cases)) {
    const project = createProject({
      'm/run.ts': text,
      'm/001-a.ts': documented('001-a', 'A'),
      'm/computed.ts': `import { A } from './001-a'\nexport const N = { ...A, name: ['001', 'a'].join('-') }`,
      'm/framework.ts': framework,
    })
    const format = await project.open('m/run.ts')
    const files = await format.list()
    expect(files, what).toMatchObject([{ name: '001-a', reversible: true }])
    expect(files[0]?.file.endsWith(what === 'a computed name' ? '/m/computed.ts' : '/m/001-a.ts'), what).toBe(true)
    expect(project.said, what).toEqual([
      'mongo: m/run.ts is imported to list it: its text does not tell what the array holds',
    ])
    expect(await format.load(files[0] as (typeof files)[0], 'up'), what).not.toBeNull()
  }
})

test('numbers are compared as numbers, wherever the array puts them', async () => {
  const names = ['10-x', '9-x', '002-b', '010-a', 'b-1', 'a-20', 'a-3', '1700000000000-t']
  const entries = names.map((name) => `{ name: '${name}', up() {}, down() {} }`)
  const project = createProject({ 'run.ts': `export const migrations = [${entries}]` })
  expect(await project.list('run.ts')).toEqual([
    '002-b',
    '9-x',
    '010-a',
    '10-x',
    '1700000000000-t',
    'a-3',
    'a-20',
    'b-1',
  ])
  expect(project.warnings).toEqual(['run.ts lists 9-x behind 10-x; migrations run in the order of their names'])
  const format = await project.open('run.ts')
  const listed = await format.list()
  for (const { name, sortKey } of listed) expect(format.sortKeyOf(name)).toBe(sortKey)
  expect([...listed].sort(byOrder).map((file) => file.name)).toEqual(await project.list('run.ts'))
})

test('a file beside the array that it does not list is left out, and said', async () => {
  const project = createProject({
    'm/run.ts': `import { A } from './001-a'\nexport const migrations = [A]`,
    'm/001-a.ts': documented('001-a', 'A'),
    'm/002-b.ts': documented('002-b', 'B'),
    'm/002-b.test.ts': '',
    'm/helper.ts': '',
  })
  const format = await project.open('m/run.ts')
  expect(await format.list()).toHaveLength(1)
  expect(await format.list()).toHaveLength(1)
  expect(project.warnings).toEqual(['m/002-b.ts is not in the array of m/run.ts, so it is left out'])
})

test('what an array lists wrongly is named with its place', async () => {
  const a = `import { A } from './001-a'\n`
  const cases: [string, string, string][] = [
    [
      `${a}export const migrations = [\n  A,\n  B,\n]`,
      'GODWIT_MONGO_NOT_FOUND',
      'B, listed at run.ts:4, cannot be found: ',
    ],
    [
      `import { Z } from './001-a'\nexport const migrations = [Z]`,
      'GODWIT_MONGO_NOT_FOUND',
      `'./001-a' does not give it: it does not export 'Z'`,
    ],
    [
      `import { Z } from './009-z'\nexport const migrations = [Z]`,
      'GODWIT_MONGO_NOT_FOUND',
      `there is no file './009-z'`,
    ],
    [`import Z from './001-a'\nexport const migrations = [Z]`, 'GODWIT_MONGO_NOT_FOUND', 'it has no default export'],
    [
      `${a}export const migrations = [A,\n 'B']`,
      'GODWIT_MONGO_NOT_A_MIGRATION',
      `at run.ts:3 cannot be used: the entry 'B' is not an object`,
    ],
    [`export const migrations = [{ up() {}, down() {} }]`, 'GODWIT_MONGO_NOT_A_MIGRATION', "it has no 'name'"],
    [
      `export const migrations = [{ name: ' ', up() {}, down() {} }]`,
      'GODWIT_MONGO_NOT_A_MIGRATION',
      "its 'name' is empty",
    ],
    [
      `export const migrations = [\n{ name: 'x', down() {} }]`,
      'GODWIT_MONGO_NOT_A_MIGRATION',
      `'x' at run.ts:2 cannot be used: it has no 'up'`,
    ],
    [`export const migrations = [...[null]].concat()`, 'GODWIT_MONGO_NOT_A_MIGRATION', 'entry 1 of the array is null'],
    [
      `export const migrations = [{ name: 'x', up: 1 }].concat()`,
      'GODWIT_MONGO_NOT_A_MIGRATION',
      "its 'up' is a number and not a function",
    ],
    [
      `export const migrations = [{ name: 1, up() {} }].concat()`,
      'GODWIT_MONGO_NOT_A_MIGRATION',
      "the 'name' of entry 1 of the array is no text",
    ],
    [`export const other = 1`, 'GODWIT_MONGO_NO_ARRAY', 'run.ts holds no array of migrations.'],
  ]
  for (const [text, code, message] of cases) {
    const project = createProject({ 'run.ts': text, '001-a.ts': documented('001-a', 'A') })
    await expect(project.list('run.ts'), text).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  }
})

test('two migrations of one name are refused, one that is listed twice is not', async () => {
  const project = createProject({
    'run.ts': `import { A } from './001-a'\nimport { B } from './002-b'\nexport const migrations = [A, A, B]`,
    '001-a.ts': documented('001-a', 'A'),
    '002-b.ts': documented('002-b', 'B'),
  })
  expect(await project.list('run.ts')).toEqual(['001-a', '002-b'])
  project.write({ '002-b.ts': documented('001-a', 'B') })
  await expect(project.list('run.ts')).rejects.toMatchObject({
    code: 'GODWIT_DUPLICATE_NAME',
    message: "Two migrations have the name '001-a': 001-a.ts and 002-b.ts",
  })
})

test('what is no edit keeps the hash, and what is one does not', async () => {
  const inline = (name: string) => `{ name: '${name}', up() {}, down() {} }`
  const project = createProject({
    'run.ts': `import { A } from './001-a'\nexport const migrations = [A, ${inline('002-b')}]`,
    '001-a.ts': documented('001-a', 'A'),
  })
  const hashes = async () => (await (await project.open('run.ts')).list()).map((file) => file.hash)
  const before = await hashes()
  project.write({
    'run.ts': `import { A } from './001-a.js'\nexport const migrations = [${inline('002-b')}, ${inline('003-c')}, A]`,
    '001-a.ts': `\uFEFF${documented('001-a', 'A').replaceAll('\n', '\r\n')}`,
  })
  const [b, , a] = await hashes()
  expect([a, b]).toEqual(before)
  project.write({ '001-a.ts': documented('001-a', 'A').replace('users', 'people') })
  expect(await hashes()).not.toContain(before[0])
})

test('how an array is read makes no difference to the hashes', async () => {
  const array = `import { A } from './001-a'\nimport { B, C } from './two'\nexport const migrations = [A, B, C]`
  const object = (name: string) => `{ name: '${name}', up() {}, down() {} }`
  const project = createProject({
    'run.ts': array,
    '001-a.ts': documented('001-a', 'A'),
    'two.ts': `export const B = ${object('002-b')}\nexport const C = ${object('003-c')}`,
  })
  const hashes = async () => (await (await project.open('run.ts')).list()).map((file) => file.hash)
  const before = await hashes()
  project.write({ 'run.ts': `${array}.sort((a, b) => 0)` })
  expect(await hashes()).toEqual(before)
  expect(project.said).toEqual([])
  project.write({ 'run.ts': `${array}.concat([])` })
  expect(await hashes()).toEqual(before)
  expect(project.said).toHaveLength(1)
})

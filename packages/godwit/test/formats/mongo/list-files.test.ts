import { expect, test } from 'vitest'
import { createProject, documented, framework } from './support/project.js'

const trap = `throw new Error('imported');`

test('a folder or a glob of files is read without importing anything', async () => {
  const project = createProject({
    'm/001-a.ts': documented('001-a', 'A', trap),
    'm/002-b.mjs': `export default { name: '002-b', up: async ({ db }) => {}, down: false }\n${trap}`,
    'm/003-c.cjs': `exports.one = { name: '003-c', up() {}, down() {} }\nexports.two = { name: '004-d', up() {}, down() {} }\n${trap}`,
    'm/005-e.js': `const e = { name: '005-e', async up() {}, async down() {} }\nmodule.exports = e\n${trap}`,
    'm/006-f.js': `module.exports = [{ name: '006-f', async up() {} }]\n${trap}`,
    'm/framework.ts': `${framework}${trap}`,
    'm/run-migrations.ts': `import { A } from './001-a'\nexport const migrations = [A]\n${trap}`,
    'm/index.ts': `export * from './001-a'\n${trap}`,
    'm/001-a.test.ts': documented('test', 'A', trap),
    'm/001-a.spec.js': trap,
    'm/types.d.ts': `export const X: { name: 'x', up: () => void }`,
    'm/helpers.ts': `export function helper() {}\nexport const limit = 3\n${trap}`,
    'm/notes.md': '',
    'm/deeper/007-g.ts': documented('007-g', 'G', trap),
  })
  const direct = ['001-a', '002-b', '003-c', '004-d', '005-e', '006-f']
  expect(await project.list('m')).toEqual(direct)
  expect(await project.list('m/**/*.{ts,js,mjs,cjs}')).toEqual([...direct, '007-g'])
  const reversible = new Map((await (await project.open('m')).list()).map((file) => [file.name, file.reversible]))
  expect([reversible.get('001-a'), reversible.get('002-b'), reversible.get('006-f')]).toEqual([true, false, false])
  expect(project.warnings).toEqual([])
  expect(new Set(project.said)).toEqual(new Set(['m/helpers.ts exports no migration, so it is left out']))
})

test('a file that begins with a number is imported where its text does not tell; another one never', async () => {
  const made = `import { make } from './make'\nexport const M = make('001-a')`
  const project = createProject({
    'm/make.ts': `export const make = (name: string) => ({ name, up: async () => {}, down: async () => {} })`,
    'm/001-a.ts': made,
    'm/run.ts': `import { A } from './x'\nexport const all = run(A)\n// calls up() by name\n${trap}`,
  })
  expect(await project.list('m')).toEqual(['001-a'])
  expect(project.said).toContain('mongo: m/001-a.ts is imported to list it: its text does not tell what it exports')
  expect(project.warnings).toEqual([
    'm/run.ts is left out: its text does not tell what it exports, and only files named 001-… are imported to see',
  ])
})

test('exports that are not followed are asked of the file, not left out', async () => {
  const object = `{ name: '001-a', up: async () => {}, down: async () => {} }`
  const cases = {
    'm/001-taken.ts': `const all = () => ({ M: ${object} })\nexport const { M } = all()`,
    'm/001-later.ts': `export let M\nM = ${object}`,
    'm/001-spread.cjs': `const all = { M: ${object} }\nmodule.exports = { ...all }`,
    'm/001-branch.cjs': `if (true) { module.exports = ${object} }`,
    'm/001-shorthand.cjs': `const up = () => {}, down = () => {}, name = '001-a'\nmodule.exports = { name, up, down }`,
    'm/001-made.ts': `const make = (it: object) => it\nexport default make(${object})`,
  }
  for (const [file, text] of Object.entries(cases)) {
    const project = createProject({ [file]: text })
    expect(await project.list('m'), file).toEqual(['001-a'])
    expect(project.warnings, file).toEqual([])
  }
})

test('a numbered file without a migration is left out, and said', async () => {
  const project = createProject({ 'm/001-a.ts': 'export const nothing = 1' })
  expect(await project.list('m')).toEqual([])
  expect(project.warnings).toEqual(['m/001-a.ts exports no migration, so it is left out'])
})

test('of a source and its output in one folder the source counts', async () => {
  const project = createProject({
    'm/001-a.ts': documented('001-a', 'A'),
    'm/001-a.js': `exports.A = { name: '001-a', up() {}, down() {} }`,
  })
  const files = await (await project.open('m')).list()
  expect(files.map((file) => file.file)).toEqual([`${project.dir}/m/001-a.ts`])
})

test('two files of one name, and what is no migration, are refused', async () => {
  const project = createProject({ 'm/001-a.ts': documented('x', 'A'), 'm/002-b.ts': documented('x', 'B') })
  await expect(project.list('m')).rejects.toMatchObject({
    code: 'GODWIT_DUPLICATE_NAME',
    message: expect.stringContaining('m/001-a.ts and m/002-b.ts'),
  })
  project.write({ 'm/002-b.ts': `export const B = {\n  up() {}, down() {} }` })
  await expect(project.list('m')).rejects.toMatchObject({
    code: 'GODWIT_MONGO_NOT_A_MIGRATION',
    message: "The migration at m/002-b.ts:1 cannot be used: it has no 'name'",
    details: { file: 'm/002-b.ts', line: 1 },
  })
  await expect(project.list('nowhere')).rejects.toMatchObject({ code: 'GODWIT_FOLDER_MISSING' })
  const missing = { code: 'GODWIT_FILE_UNREADABLE', message: expect.stringContaining('x/run.ts cannot be read') }
  await expect(project.list('x/run.ts')).rejects.toMatchObject(missing)
  const format = await project.open('x/run.ts')
  await expect(format.create('a', { now: new Date() })).rejects.toMatchObject(missing)
})

test('without a config the usual places are looked at', async () => {
  const files = { 'src/migrations/001-a.ts': documented('001-a', 'A') }
  expect(await createProject(files).list()).toEqual(['001-a'])
  const array = `import { A } from '../../migrations/001-a'\nexport const migrations = [A]`
  const project = createProject({ ...files, 'src/database/migrations/run-migrations.ts': array })
  expect((await (await project.open()).create('b', { now: new Date() })).files[0]?.path).toContain('src/database')
  await expect(createProject({}).list()).rejects.toMatchObject({ code: 'GODWIT_FOLDER_MISSING' })
})

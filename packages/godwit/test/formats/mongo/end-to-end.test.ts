import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { openProject } from '../../../src/project/open.js'
import type { Project } from '../../../src/project/project.js'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { createProject, documented, framework } from './support/project.js'

const mongoose = createRequire(import.meta.url)('mongoose') as typeof import('mongoose')
// Not {}: the server of the tests would find that where nothing is.
const there = { $exists: true }
const folder = 'src/database/migrations'

const runner = (names: string[]) => `import { Migration } from './framework';
${names.map((name, i) => `import { M${i + 1} } from './${name}';`).join('\n')}

const migrations: Migration[] = [
${names.map((_, i) => `  M${i + 1},`).join('\n')}
];

throw new Error('somebody ran the runner');
`

async function openWith(names: string[]) {
  const database = await createMongoDatabase()
  const files = names.map((name, i) => [`${folder}/${name}.ts`, documented(name, `M${i + 1}`)])
  const project = createProject({
    'package.json': '{ "name": "api", "dependencies": { "mongoose": "9" } }',
    [`${folder}/framework.ts`]: framework,
    [`${folder}/run-migrations.ts`]: runner(names),
    ...Object.fromEntries(files),
  })
  const open = (): Promise<Project> => openProject({ cwd: project.dir, env: { MONGODB_URI: database.url } })
  return { ...database, project, open }
}

const states = async (project: Project) =>
  (await project.status()).migrations.map(({ name, state }) => `${name} ${state}`)

describeMongo('a project of migration objects', () => {
  test('is found without a config, runs up and down, and keeps the documented history', async () => {
    const { db, open } = await openWith(['001-a', '002-b', '003-c'])
    await db.collection('users').insertOne({ name: 'someone' })
    const project = await open()
    expect(await states(project)).toEqual(['001-a pending', '002-b pending', '003-c pending'])
    const only = await project.up({ only: '003-c' })
    expect(only.error).toBeUndefined()
    const rest = await project.up()
    expect(rest.steps.map((step) => step.name)).toEqual(['001-a', '002-b'])
    expect(mongoose.connection.readyState).toBe(0)
    const history = await db.collection('migrations').find().toArray()
    expect(history.map((row) => Object.keys(row).sort())).toEqual(Array(3).fill(['_id', 'appliedAt', 'name']))
    expect(history.map((row) => row.name)).toEqual(['003-c', '001-a', '002-b'])
    expect(history.every((row) => row.appliedAt instanceof Date)).toBe(true)
    expect(await db.collection('users').countDocuments({ M1: there, M2: there, M3: there })).toBe(1)
    const down = await project.down()
    expect([down.error, down.steps.map((step) => step.name)]).toEqual([undefined, ['002-b']])
    expect(await db.collection('users').countDocuments({ M2: there })).toBe(0)
    expect(await db.collection('migrations').countDocuments()).toBe(2)
  })

  test('a run with nothing to do loads no migration, and an edit is seen', async () => {
    const { project: files, open } = await openWith(['001-a'])
    await (await open()).up()
    const file = `${folder}/001-a.ts`
    const edited = files.read(file).replace('$set', '$unset')
    files.write({ [file]: `${edited}\nthrow new Error('loaded')` })
    expect(await states(await open())).toEqual(['001-a edited'])
    files.write({ [file]: documented('001-a', 'M1') })
    files.write({ [file]: `\uFEFF${files.read(file).replaceAll('\n', '\r\n')}` })
    const report = await (await open()).up()
    expect([report.error, report.steps]).toEqual([undefined, []])
  })

  test('a created migration is listed, and runs', async () => {
    const { open } = await openWith(['001-a', '002-b'])
    const project = await open()
    const made = await project.create('add user preferences')
    expect(made.files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1))).toEqual([
      '003-add-user-preferences.ts',
      'run-migrations.ts',
    ])
    expect((await project.up()).error).toBeUndefined()
    expect(await states(await open())).toContain('003-add-user-preferences applied')
  })

  test('one without a way back stops everything before anything ran', async () => {
    const { db, open, project: files } = await openWith(['001-a', '002-b'])
    files.write({ [`${folder}/002-b.ts`]: documented('002-b', 'M2').replace(/ {2}down[\s\S]*\n {2}\}\n/, '') })
    const project = await open()
    await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_MONGO_NO_DOWN', exitCode: 2 })
    expect(await db.collection('migrations').countDocuments()).toBe(0)
  })
})

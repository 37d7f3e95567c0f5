import { expect, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { askedFor } from '../../src/seeds/orm-tools.js'
import { scratchFolder } from '../formats/scratch-folder.js'
import { createDatabase } from '../support/database.js'

test.each([
  ['async ({ db, upsert }) => {}', []],
  ['async ({ db, prisma }) => {}', ['prisma']],
  ['async ({ dataSource: source, mongoose = null }) => {}', ['dataSource', 'mongoose']],
  ['async function seed({ dataSource }) {}', ['dataSource']],
  ['async function ({ prisma, ...rest }) {}', ['dataSource', 'prisma', 'mongoose']],
  ['(tools) => tools.prisma', ['dataSource', 'prisma', 'mongoose']],
  ['async () => {}', []],
])('what a function asks for is read from its parameters: %s', (text, expected) => {
  expect(askedFor(new Function(`return ${text}`)())).toEqual(expected)
})

async function projectOf(seeds: Record<string, string>) {
  const database = await createDatabase()
  await database.query('create table notes (id serial primary key, text text unique)')
  const files = Object.entries(seeds).map(([name, text]) => [`seeds/${name}.ts`, text])
  const cwd = await scratchFolder({
    'godwit.config.json': '{ "format": "sql", "seeds": "seeds" }',
    'migrations/': '',
    ...Object.fromEntries(files),
  })
  const logged: string[] = []
  const project = await openProject({
    cwd,
    databaseUrl: database.url,
    env: {},
    onEvent: (event) => {
      if (event.type === 'seed-log') logged.push(event.line)
    },
  })
  return { project, logged, notes: () => database.query('select text from notes order by id') }
}

test('upsert says per call what became of the rows', async () => {
  const { project, logged } = await projectOf({
    notes: `export default async ({ upsert, log }: any) => {
  log(JSON.stringify(await upsert('notes', ['text'], { text: 'a' })))
  log(JSON.stringify(await upsert('notes', ['text'], [{ text: 'a' }, { text: 'b' }])))
}`,
  })
  expect((await project.seed()).error).toBeUndefined()
  expect(logged).toEqual([
    '{"inserted":1,"updated":0,"unchanged":0,"kept":0}',
    '{"inserted":1,"updated":0,"unchanged":1,"kept":0}',
  ])
})

test('an error may say with which code the command ends', async () => {
  const { project, notes } = await projectOf({
    notes: `export default async ({ db }: any) => {
  await db.query("insert into notes (text) values ('a')")
  throw Object.assign(new Error('enough'), { exitCode: 1 })
}`,
  })
  const { error } = await project.seed()
  expect(error).toMatchObject({ code: 'GODWIT_SEED_FAILED', exitCode: 1 })
  expect(await notes()).toEqual([])
})

test.each(['prisma', 'dataSource', 'mongoose'])('a project without an ORM has no %s', async (tool) => {
  const { project } = await projectOf({ notes: `export default async ({ ${tool} }: any) => { await ${tool}.x }` })
  const { error } = await project.seed()
  expect(error?.message).toBe(`The seed 'notes' asks for ${tool}: the project has no ORM that Godwit knows`)
})

test('an entity without an ORM is refused before anything is written', async () => {
  const { project } = await projectOf({
    notes: `import { defineSeed } from 'godwit'
export default defineSeed({ entity: class Note {}, key: ['id'], rows: [] })`,
  })
  await expect(project.seed()).rejects.toThrow("fills the entity 'Note': the project has no ORM that Godwit knows")
})

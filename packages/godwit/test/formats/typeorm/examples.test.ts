import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../../src/index.js'
import { createDatabase } from '../../support/database.js'

const root = resolve(import.meta.dirname, '../../../../..')

function copyOf(example: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'godwit-example-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(join(root, 'examples', example), dir, {
    recursive: true,
    filter: (path) => !/node_modules|\.godwit/.test(path),
  })
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  return dir
}

test.each(['server', 'embedded'])('the ChatAI platform is migrated, undone and migrated again: %s', async (where) => {
  const cwd = join(copyOf('chatai-platform'), 'services/user-service')
  const database = where === 'server' ? await createDatabase() : undefined
  const said: string[] = []
  const project = await openProject({
    cwd,
    env: {},
    databaseUrl: database?.url ?? 'embedded:.godwit/db',
    onEvent: (event) => event.type === 'warning' && said.push(event.message),
  })
  for (let round = 0; round < 2; round++) {
    const up = await project.up()
    expect([up.error, up.steps.length]).toEqual([undefined, 1])
    if (database) {
      const [tables] = await database.query(`select count(*)::int as n from pg_tables where schemaname = 'public'`)
      expect(tables).toEqual({ n: 9 })
    }
    expect((await project.down()).error).toBe(undefined)
  }
  expect((await project.status()).migrations.map((each) => each.state)).toEqual(['pending'])
  expect(said).toEqual([])
})

test('the TypeORM back end is migrated and undone', async () => {
  const database = await createDatabase()
  const cwd = join(copyOf('typeorm-backend'), 'backend')
  const project = await openProject({ cwd, env: {}, databaseUrl: database.url })
  const up = await project.up()
  expect([up.error, up.steps.map((step) => step.name)]).toEqual([
    undefined,
    ['InitialSchema1699123456789', 'AddIndexes1699123567890'],
  ])
  expect((await project.down({ all: true })).error).toBe(undefined)
  expect(await database.query(`select tablename from pg_tables where schemaname = 'public'`)).toEqual([
    { tablename: 'migrations' },
  ])
})

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openProject } from '../../src/project/open.js'
import { createProject, type TestProject } from '../formats/typeorm/support/project.js'
import { createDatabase } from '../support/database.js'

const examples = resolve(import.meta.dirname, '../../../../examples')
const require = createRequire(import.meta.url)
const tsNode = require.resolve('ts-node/register/transpile-only')

const source = (entities: string) => `import 'reflect-metadata'
import { DataSource } from 'typeorm'
export const AppDataSource = new DataSource({ type: 'postgres', url: process.env.DATABASE_URL, entities: [__dirname + '/${entities}'],
  migrations: [__dirname + '/migrations/*.ts'] })`

/** What TypeORM's own command line writes, on a real database; in a process of its own. */
async function writtenByTypeorm(project: TestProject, url: string): Promise<string> {
  const cli = join(project.dir, 'node_modules/typeorm/cli.js')
  const args = ['-r', tsNode, cli, 'migration:generate', 'theirs/Change', '-d', 'src/data-source.ts']
  await promisify(execFile)(process.execPath, args, { cwd: project.dir, env: { ...process.env, DATABASE_URL: url } })
  return withoutTime(join(project.dir, 'theirs'))
}

function withoutTime(folder: string): string {
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('-Change.ts'))
  return readFileSync(join(folder, file), 'utf8').replaceAll(/\d{13}/g, '<time>')
}

test.each([
  ['ChatAI, from nothing', 'chatai-platform/packages/shared/src', 'entities/*.entity.ts', undefined],
  [
    'the back end, behind its migrations',
    'typeorm-backend/backend/src/entities',
    'entities/*.ts',
    'typeorm-backend/backend/src/database/migrations',
  ],
])('%s: letter for letter what TypeORM writes', async (_, from, entities, migrations) => {
  const { url } = await createDatabase()
  const project = createProject({
    'src/data-source.ts': source(entities),
    'godwit.config.json': '{ "format": "typeorm", "migrations": "src/migrations" }',
  })
  const into = join(project.dir, 'src', entities.startsWith('entities/*.entity') ? '' : 'entities')
  cpSync(join(examples, from), into, { recursive: true })
  mkdirSync(join(project.dir, 'src/migrations'), { recursive: true })
  if (migrations !== undefined)
    cpSync(join(examples, migrations), join(project.dir, 'src/migrations'), { recursive: true })
  const live = await openProject({ cwd: project.dir, env: { DATABASE_URL: url } })
  expect((await live.up()).error).toBeUndefined()
  const theirs = await writtenByTypeorm(project, url)
  const { notes, losses } = await (await openProject({ cwd: project.dir, env: {} })).generate('Change')
  expect(withoutTime(join(project.dir, 'src/migrations'))).toBe(theirs)
  expect([notes, losses]).toEqual([[], []])
})

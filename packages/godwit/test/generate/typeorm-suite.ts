import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { difference, readCatalog } from '../../src/catalog/read.js'
import { openProject } from '../../src/project/open.js'
import { createProject, type TestProject, type Version } from '../formats/typeorm/support/project.js'
import { createDatabase } from '../support/database.js'
import { type Change, loops } from './typeorm-cases.js'

const imports = `import { ChildEntity, Check, Column, CreateDateColumn, Entity, Exclusion, Index, JoinColumn, JoinTable, ManyToMany, ManyToOne,
  PrimaryColumn, PrimaryGeneratedColumn, TableInheritance, Unique, UpdateDateColumn, ViewColumn, ViewEntity } from 'typeorm'\n`

const source = (entities: string) => `import * as entities from './${entities}'
import { DataSource } from 'typeorm'
export default new DataSource({ type: 'postgres', entities: Object.values(entities) as never, migrations: [__dirname + '/migrations/*.ts'] })`

// Node keeps a module that it has loaded: each state of the entities is a file of its own.
function project(version: Version, states: Record<string, string>): TestProject {
  const files = Object.entries(states).flatMap(([name, entities]) => [
    [`src/${name}.ts`, imports + entities],
    [`src/${name}-source.ts`, source(name)],
  ])
  return createProject(
    {
      ...Object.fromEntries(files),
      'godwit.config.json': '{ "format": "typeorm" }',
      'src/migrations/1000000000000-Schemas.ts': schemas,
    },
    version,
  )
}

const schemas = `export class Schemas1000000000000 {
  async up(runner: any) { await runner.query('CREATE SCHEMA app; CREATE SCHEMA other') }
  async down(runner: any) { await runner.query('DROP SCHEMA app; DROP SCHEMA other') }
}`

function at(dir: string, state: string, more: { databaseUrl?: string } = {}) {
  return openProject({ cwd: dir, env: {}, overrides: { typeorm: { dataSource: `src/${state}-source.ts` } }, ...more })
}

async function stateOf(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const catalog = new Map(await readCatalog(client))
    for (const key of catalog.keys()) if (/godwit| public\.migrations/.test(key)) catalog.delete(key)
    return catalog
  } finally {
    await client.end()
  }
}

const same = { gone: [], made: [], changed: [] }

async function lead(change: Change, version: Version, shadow: string | undefined): Promise<void> {
  const { dir } = project(version, { before: change.before, after: change.after })
  const first = await (await at(dir, 'before')).generate('Before', { shadow })
  expect(first.notes).toEqual([])
  await new Promise((later) => setTimeout(later, 2))
  const { rename = [], noRename = [], recreate = [] } = change
  const made = await (await at(dir, 'after')).generate('After', { shadow, rename, noRename, recreate })
  const up = made.statements.join('\n')
  if (change.up) expect(up).toMatch(change.up)
  if (change.upNot) expect(up).not.toMatch(change.upNot)
  expect(made.notes).toEqual([])
  expect((await (await at(dir, 'after')).generate('Again', { shadow })).statements).toEqual([])

  const { url } = await createDatabase()
  const applied = await at(dir, 'after', { databaseUrl: url })
  expect((await applied.up({ step: 2 })).error).toBeUndefined()
  const before = await stateOf(url)
  expect((await applied.up()).error).toBeUndefined()
  const after = await stateOf(url)
  expect((await applied.down()).error).toBeUndefined()
  expect(difference(before, await stateOf(url))).toEqual(same)
  expect((await applied.up()).error).toBeUndefined()
  expect(difference(after, await stateOf(url))).toEqual(same)
}

/** Leads from one state of the entities to the next, on a shadow on a server or, without a URL, on PGlite. */
export function leads(version: Version, some: readonly Change[], on: 'server' | 'PGlite'): void {
  test.each(some)(`${version}, shadow on ${on}: $name`, (change) =>
    lead(change, version, on === 'server' ? inject('servers').pg18 : undefined),
  )
}

/** What TypeORM itself would write again and again. */
export function comesToAnEnd(version: Version): void {
  test.each(loops)(`${version}, no endless change: $name`, async ({ entities }) => {
    const { dir } = project(version, { only: entities })
    const shadow = inject('servers').pg18
    const made = await (await at(dir, 'only')).generate('First', { shadow })
    expect(made.statements.length).toBeGreaterThan(0)
    expect((await (await at(dir, 'only')).generate('Second', { shadow })).statements).toEqual([])
  })
}

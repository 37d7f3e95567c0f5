import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Generated } from '../../../src/formats/contract.js'
import { openSqlFormat } from '../../../src/formats/sql/index.js'
import { openProject } from '../../../src/index.js'
import { readRenames } from '../../../src/project/renames.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'
import { type Change, changes } from './support/changes.js'
import { type Ground, type MakeGround, pgliteGrounds, serverGround, shadowOn } from './support/ground.js'

/** Generates on a ground that stands for the replayed history; what is on it afterwards is of no use. */
async function generated(ground: Ground, make: MakeGround, change: Change, from?: string): Promise<Generated> {
  const projectDir = await scratchFolder({ 'schema.sql': change.after, 'migrations/': '' })
  const format = await openSqlFormat({
    projectDir,
    migrations: undefined,
    section: undefined,
    warn: (message) => expect.unreachable(message),
    verbose() {},
    env: {},
  })
  if (format.generate === undefined) return expect.unreachable()
  return format.generate({
    name: 'change',
    now: new Date(),
    shadow: shadowOn(ground, make),
    renames: readRenames(change.rename, change.noRename),
    recreate: change.recreate ?? [],
    ownSchema: 'godwit',
    from: from ?? 'schema.sql',
  })
}

/** There, nothing left, back, and there again. */
async function proveIt(make: MakeGround, change: Change, fromDatabase: boolean): Promise<void> {
  const [target, shadow, wanted] = [await make(), await make(), await make()]
  for (const each of [target, shadow]) if (change.before !== '') await each.run(change.before)
  if (change.after !== '') await wanted.run(change.after)
  const before = await target.schema()

  const { migration, losses, unanswered } = await generated(shadow, make, change, fromDatabase ? wanted.url : undefined)
  expect(unanswered).toEqual([])
  if (change.losses !== undefined) expect(losses).toEqual(change.losses)
  const [up = '', down = ''] = migration?.files.map(({ content }) => content) ?? []
  if (change.has !== undefined) expect(up).toMatch(change.has)
  if (change.hasNot !== undefined) expect(up).not.toMatch(change.hasNot)
  for (const loss of losses) expect(up).toContain(loss)
  expect(migration?.notes).toEqual([])

  await runScript(target, up)
  const after = await target.schema()
  expect(after).toEqual(await wanted.schema())
  const again = await generated(target, make, { ...change, rename: [], noRename: [] })
  expect(again).toMatchObject({ migration: null, statements: [], losses: [] })
  await runScript(target, down)
  expect(await target.schema()).toEqual(before)
  await runScript(target, up)
  expect(await target.schema()).toEqual(after)
}

// In one transaction; where an enum gets a value, as Godwit does it: with a commit behind that.
async function runScript(ground: Ground, text: string): Promise<void> {
  const [, first = '', rest = text] = /^(.*?ADD VALUE [^;]*;)(.*)$/s.exec(text) ?? []
  for (const part of [first, rest]) if (part.trim() !== '') await ground.run(part)
}

describe('PostgreSQL 18', () => {
  test.each(Object.entries(changes))('%s', async (name, change) => {
    await proveIt(serverGround(18), change, name.length % 2 === 0)
  })
})

describe('PGlite', () => {
  const grounds = pgliteGrounds()
  beforeEach(grounds.next)
  afterAll(grounds.close)
  // Every second one: it is the same PostgreSQL.
  const some = Object.entries(changes).filter((_, index) => index % 2 === 0)
  test.each(some)('%s', async (_, change) => {
    await proveIt(grounds.make, change, false)
  })
})

test('as a project: written, applied, nothing left, undone', async () => {
  const folder = await scratchFolder({
    'godwit.config.json': JSON.stringify({ format: 'sql', database: 'embedded' }),
    'package.json': '{}',
    'migrations/1_base.sql': `create type mood as enum ('a'); create table t (m mood default 'a');`,
    'schema.sql': `create type mood as enum ('a', 'b'); create table t (m mood default 'b');`,
  })
  const project = await openProject({ cwd: folder, env: {} })
  const report = await project.generate('add b', { from: 'schema.sql' })
  expect(report.files.map(({ path }) => path)).toEqual([
    join(folder, 'migrations/2_add_b.sql'),
    join(folder, 'migrations/2_add_b.down.sql'),
  ])
  expect(await readFile(join(folder, 'migrations/2_add_b.sql'), 'utf8')).toBe(
    `-- add_b: what schema.sql has beyond the history

ALTER TYPE "public"."mood" ADD VALUE 'b' AFTER 'a';

ALTER TABLE "public"."t" ALTER COLUMN "m" SET DEFAULT 'b'::public.mood;
`,
  )
  expect((await project.up()).steps.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  expect(await project.generate('nothing', { from: 'schema.sql' })).toMatchObject({ name: null, compared: ['1 table'] })
  expect((await project.down()).error).toBeUndefined()
}, 120_000)

test('with a server for the shadow, a database of its major is compared', async () => {
  const [source, server] = [await createDatabase(15), await createDatabase(15)]
  await source.query('create table t (id int primary key)')
  const folder = await scratchFolder({
    'godwit.config.json': JSON.stringify({ format: 'sql', shadow: server.url }),
    'package.json': '{}',
    'migrations/': '',
  })
  const project = await openProject({ cwd: folder, databaseUrl: server.url, env: {} })
  expect(await project.generate('all', { from: source.url })).toMatchObject({
    name: expect.stringMatching(/^\d{14}_all$/),
    shadow: expect.stringContaining(`PostgreSQL ${inject('olderMajor')}`),
  })
  expect((await project.up()).error).toBeUndefined()
  expect(await project.generate('again', { from: source.url })).toMatchObject({ name: null })
})

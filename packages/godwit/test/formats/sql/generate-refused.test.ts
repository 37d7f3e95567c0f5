import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { GenerateRequest } from '../../../src/formats/contract.js'
import { loadPgDelta, triedVersion } from '../../../src/formats/sql/generate/pg-delta.js'
import { openSqlFormat } from '../../../src/formats/sql/index.js'
import { readRenames } from '../../../src/project/renames.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'
import { pgliteGrounds, serverGround, shadowOn } from './support/ground.js'

const grounds = pgliteGrounds()
beforeEach(grounds.next)
afterAll(grounds.close)

/** Generates from a file on PGlite, where the history made `before`. */
async function generate(
  before: string,
  schema: string | Buffer,
  asked: Partial<GenerateRequest> & { rename?: string[]; noRename?: string[] } = {},
) {
  const projectDir = await scratchFolder({ 'db/schema.sql': schema, 'migrations/': '' })
  const warnings: string[] = []
  const format = await openSqlFormat({
    projectDir,
    migrations: undefined,
    section: undefined,
    warn: (message) => warnings.push(message),
    verbose() {},
    env: {},
  })
  const ground = await grounds.make()
  if (before !== '') await ground.run(before)
  const { rename, noRename, ...rest } = asked
  const request: GenerateRequest = {
    name: 'change',
    now: new Date(),
    shadow: shadowOn(ground, grounds.make),
    renames: readRenames(rename, noRename),
    recreate: [],
    ownSchema: 'godwit',
    from: 'db/schema.sql',
    ...rest,
  }
  const generated = await format.generate?.(request).catch((error) => error)
  expect(await readdir(join(projectDir, 'migrations'))).toEqual([])
  return { generated, ground, warnings, projectDir }
}

const users = 'create table users (id int primary key, name text);\n'

describe('what is refused, with its place', () => {
  test.each([
    ['no --from', '', { from: undefined }, { code: 'GODWIT_FROM_NEEDED' }],
    ['an empty --from', '', { from: ' ' }, { code: 'GODWIT_FROM_NEEDED' }],
    ['an empty name', '', { name: ' ' }, { code: 'GODWIT_NAME_UNUSABLE' }],
    ['a name that leads elsewhere', '', { name: '../x' }, { code: 'GODWIT_NAME_UNUSABLE' }],
    ['no such file', '', { from: 'schem.sql' }, { code: 'GODWIT_FILE_UNREADABLE', message: /^schem\.sql / }],
    ['another kind of database', '', { from: 'mysql://root:secret@h/d' }, { code: 'GODWIT_UNSUPPORTED_DATABASE' }],
    [
      'a server that is not there',
      '',
      { from: 'postgres://u:secret@127.0.0.1:1/d' },
      { code: 'GODWIT_CONNECTION_REFUSED' },
    ],
    [
      'a statement that fails',
      `${users}create table posts (author int references nobody);`,
      {},
      {
        code: 'GODWIT_FROM_FAILED',
        message: /"nobody" does not exist/,
        details: { file: 'db/schema.sql', line: 2, column: 1 },
      },
    ],
    [
      'a line of psql',
      `${users}\\i more.sql\n`,
      {},
      { code: 'GODWIT_FROM_FAILED', message: /only psql/, details: { line: 2 } },
    ],
    [
      'a string without an end',
      `${users}comment on table users is 'x`,
      {},
      { code: 'GODWIT_FROM_FAILED', details: { line: 2 } },
    ],
    [
      'an extension that the shadow lacks',
      'create extension postgis;',
      {},
      { code: 'GODWIT_SHADOW_EXTENSION', message: /postgis/ },
    ],
    ['a file that is not UTF-8', Buffer.from([0x2d, 0x2d, 0xe4, 0x0a]), {}, { code: 'GODWIT_FILE_NOT_UTF8' }],
    [
      'a rename of nothing',
      users,
      { rename: ['users.nme:users.full_name'] },
      { code: 'GODWIT_RENAME_UNUSABLE', message: /there is no users.nme in the history; the nearest is users.name/ },
    ],
    [
      'a rename of nothing that is denied',
      users,
      { noRename: ['users.nme:users.name'] },
      { code: 'GODWIT_RENAME_UNUSABLE', message: /there is no users.nme in the history; the nearest is users.name/ },
    ],
    [
      'a rename to nothing that is denied',
      users,
      { noRename: ['users.id:users.nme'] },
      { code: 'GODWIT_RENAME_UNUSABLE', message: /there is no users.nme in what is wanted; the nearest is users.name/ },
    ],
    [
      'nothing that is to be made anew',
      users,
      { recreate: ['users.nme'] },
      { code: 'GODWIT_RECREATE_UNKNOWN', message: /no users.nme in the history.* Did you mean 'users.name'\?/ },
    ],
  ] as [string, string | Buffer, object, { code: string; message?: RegExp; details?: object }][])(
    '%s',
    async (_, schema, asked, { message, ...expected }) => {
      const { generated, ground } = await generate(users, schema, asked)
      expect(generated).toMatchObject(expected)
      if (message !== undefined) expect(generated.message).toMatch(message)
      expect(JSON.stringify([generated.message, generated.hint])).not.toContain('secret')
      expect((await ground.schema()).filter((line) => line.startsWith('relation'))).toHaveLength(1)
    },
  )
})

test('the rows of a partition are not given up for its bounds', async () => {
  const table = 'create table p (id int) partition by range (id); create table p1 partition of p for values from (1)'
  const { generated } = await generate(`${table} to (9);`, `${table} to (20);`)
  expect(generated).toMatchObject({ code: 'GODWIT_GENERATE_ANEW', exitCode: 5 })
  expect(generated.message).toContain('table p1')
})

test('what is composed and fails is not written', async () => {
  // Nothing can turn the one into the other.
  const { generated } = await generate('create table t (a point);', 'create table t (a int);')
  expect(generated).toMatchObject({ code: 'GODWIT_GENERATE_UNPROVEN', exitCode: 5 })
  expect(generated.message).toContain('cannot cast type point to integer')
})

test('what looks renamed is asked about, and the shadow stays as it was', async () => {
  const { generated, ground } = await generate(
    `${users} create table posts (id int, body text); create table tags (id int);`,
    `create table users (id int primary key, full_name text, nick text); create table articles (id int, body text);
     create table tags (id int, label text);`,
  )
  expect(generated).toMatchObject({
    migration: null,
    unanswered: [
      { from: 'posts', to: 'articles' },
      { from: 'users.name', to: 'users.full_name' },
    ],
  })
  expect(
    (await ground.schema()).filter((line) => line.startsWith('relation')).map((line) => line.split(' ')[1]),
  ).toEqual(['public.posts', 'public.tags', 'public.users'])
})

test('a dump: roles, owners, grants and the lines of psql are of the place it comes from', async () => {
  const dump = `--
-- PostgreSQL database dump
--
\\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.users (id integer NOT NULL, name text);
ALTER TABLE public.users OWNER TO somebody;
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
GRANT SELECT ON TABLE public.users TO reader;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE somebody IN SCHEMA public GRANT SELECT ON TABLES TO reader;
\\unrestrict abc
`
  const { generated, warnings } = await generate(users, dump)
  expect(generated).toMatchObject({ migration: null, compared: ['1 table'], unanswered: [] })
  expect(warnings).toEqual([])
})

test.each([
  [
    'create domain d as int; create table t (a d);',
    'create domain d as bigint; create table t (a d);',
    'IMPOSSIBLE',
    /domain/,
  ],
  [
    'create table t (a int, b int);',
    'create table t (a int, b int generated always as (a) stored);',
    'ANEW',
    /column t\.b/,
  ],
])('what pg-delta cannot do, or not without loss: %s', async (before, after, code, message) => {
  const { generated } = await generate(before, after)
  expect(generated).toMatchObject({ code: `GODWIT_GENERATE_${code}`, exitCode: 5 })
  expect(generated.message).toMatch(message)
})

test('what cannot be compared is told', async () => {
  const { generated } = await generate(users, `${users} create text search configuration plain (copy = simple);`)
  expect(generated).toMatchObject({ migration: null, kept: ['text search configuration plain'] })
})

test('a database is only read, with Godwit in it, and its password goes nowhere', async () => {
  const source = await createDatabase()
  const password = new URL(source.url).password
  await source.query(
    `${users} create schema godwit; create table godwit.run (id int); create table godwit_migrations (name text primary key)`,
  )
  const make = serverGround(18)
  const ground = await make()
  const { generated } = await generate('', '', { shadow: shadowOn(ground, make), from: source.url })
  const [up = '', down = ''] = generated.migration.files.map(({ content }: { content: string }) => content)
  expect(up).toMatch(/^-- change: what postgres:\/\/\S+ has beyond the history\n/)
  expect(up.match(/CREATE TABLE/g)).toHaveLength(1)
  expect(down).toBe(`-- change: the way back
-- It takes data away: table users

DROP TABLE "public"."users";
`)
  if (password !== '') expect(up + down).not.toContain(password)
  expect(
    await source.query('select count(*)::int as n from pg_class where relnamespace = $1::regnamespace', ['public']),
  ).toEqual([{ n: 4 }])
})

test('two majors are not compared', async () => {
  const { url } = await createDatabase(15)
  const { generated } = await generate('', '', { from: url })
  expect(generated).toMatchObject({
    code: 'GODWIT_FROM_MAJOR',
    message: expect.stringMatching(new RegExp(`is PostgreSQL ${inject('olderMajor')},.*18`)),
  })
})

test('another version of the library is warned about', async () => {
  const folder = await scratchFolder({
    'node_modules/@supabase/pg-delta/package.json':
      '{ "name": "@supabase/pg-delta", "version": "1.0.0-alpha.99", "main": "x.cjs" }',
    'node_modules/@supabase/pg-delta/x.cjs': 'module.exports = { plan: 1 }',
  })
  const warnings: string[] = []
  expect(await loadPgDelta(folder, (message) => warnings.push(message))).toMatchObject({ plan: 1 })
  expect(warnings).toEqual([expect.stringContaining('1.0.0-alpha.99 was not tried')])
  const manifest = JSON.parse(await readFile(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(manifest.peerDependencies['@supabase/pg-delta']).toBe(triedVersion)
})

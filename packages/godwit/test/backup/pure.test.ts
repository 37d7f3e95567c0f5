import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { databaseArgument, dumpArguments, scriptArguments } from '../../src/backup/arguments.js'
import { differences } from '../../src/backup/compare.js'
import { draftOf } from '../../src/backup/dump-file.js'
import { wantedEntries } from '../../src/backup/entries.js'
import { howToInstall } from '../../src/backup/how-to-install.js'
import { mongoConfig, mongoDumpArguments, mongoRestoreArguments } from '../../src/backup/mongodb.js'
import { complaintOf } from '../../src/backup/run-tool.js'
import { toolFolders } from '../../src/backup/tool-places.js'
import { majorOf, versionIn } from '../../src/backup/tools.js'

test('a database is named so that libpq reads nothing else in it', () => {
  expect(databaseArgument('shop')).toBe("--dbname=dbname='shop'")
  expect(databaseArgument(String.raw`o'dd=\x host=evil`)).toBe(String.raw`--dbname=dbname='o\'dd=\\x host=evil'`)
  expect(databaseArgument('postgres://evil/x')).toBe("--dbname=dbname='postgres://evil/x'")
})

test('a dump is of one snapshot, and nobody is asked for a password', () => {
  const args = dumpArguments('shop', '/b/shop.dump.part', '00000003-1')
  expect(args).toEqual(expect.arrayContaining(['--format=custom', '--no-password', '--snapshot=00000003-1']))
})

test('two dumps to one file never write into each other', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'godwit-draft-')), 'shop.dump')
  onTestFinished(() => rmSync(dirname(file), { recursive: true }))
  const [first, second] = [await draftOf(file, false), await draftOf(file, false)]
  expect(first.path).not.toBe(second.path)
  await first.discard()
  await second.discard()
  expect(readdirSync(dirname(file))).toEqual([])
})

test('without owners nothing is said of roles', () => {
  expect(scriptArguments('f', 'e', true)).toEqual([
    '--exit-on-error',
    '--single-transaction',
    '--file=-',
    '--use-list=e',
    'f',
  ])
  expect(scriptArguments('f', 'e', false)).toEqual(expect.arrayContaining(['--no-owner', '--no-privileges']))
})

test('of the list of a dump the comments of extensions are left out, and in a scratch database what only a superuser makes', () => {
  const list = [
    ';',
    '; Archive created at 2026-01-02',
    '2; 3079 16385 EXTENSION - citext ',
    '3345; 0 0 COMMENT - EXTENSION citext ',
    '215; 1259 16390 TABLE public users postgres',
    '216; 0 0 COMMENT public TABLE users postgres',
    '3300; 6104 16400 PUBLICATION - all postgres',
  ].join('\n')
  expect(
    wantedEntries(list, false)
      .split('\n')
      .map((line) => line.split(';')[0]),
  ).toEqual(['2', '215', '216', '3300', ''])
  expect(wantedEntries(list, true)).not.toContain('PUBLICATION')
})

test('the versions of tools', () => {
  expect(versionIn('pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n')).toBe('15.18')
  expect(versionIn('pg_dump (PostgreSQL) 18beta1')).toBe('18')
  expect(versionIn('mongodump version: 100.9.4\ngit version: abc')).toBe('100.9.4')
  expect(versionIn('something else 1.2')).toBeUndefined()
  expect([majorOf('pg_dump 17.5'), majorOf('pg_dump')]).toEqual([17, 0])
})

test('tools are looked for on the PATH, in the usual folders, or where a variable says', () => {
  const path = ['/a', '', '/b'].join(delimiter)
  expect(toolFolders('pg_dump', { PATH: path }, 'linux').slice(0, 2)).toEqual(['/a', '/b'])
  expect(toolFolders('pg_dump', { PATH: path, PGBIN: '/pg' })).toEqual(['/pg'])
  expect(toolFolders('pg_dump', { PATH: path, PGBIN: '/pg', GODWIT_PG_BIN: '/own' })).toEqual(['/own'])
  expect(toolFolders('mongodump', { PATH: path, PGBIN: '/pg', GODWIT_MONGO_BIN: '/m' })).toEqual(['/m'])
})

test.skipIf(process.platform !== 'linux')('the usual folders are those that are there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-places-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'x'))
  expect(toolFolders('pg_dump', { PATH: join(folder, 'x') }, 'linux').every((each) => !each.includes('*'))).toBe(true)
})

test('what a tool complained of, without its name, its notes and a password', () => {
  const said = [
    'pg_dump: warning: there are circular foreign-key constraints',
    'pg_dump: error: connection to server at "127.0.0.1" failed: FATAL:  password authentication failed for hunter2',
    'pg_dump: hint: nothing',
  ].join('\n')
  expect(complaintOf({ said, code: 1 }, 'hunter2')).toBe(
    'connection to server at "127.0.0.1" failed: FATAL:  password authentication failed for ***',
  )
  expect(complaintOf({ said: 'psql:<stdin>:12: ERROR:  role "app" does not exist\n', code: 3 })).toBe(
    'role "app" does not exist',
  )
  expect(complaintOf({ said: '', code: 'SIGKILL' })).toBe('it ended with SIGKILL and said nothing')
})

test('what a restored database has otherwise', () => {
  const tables = [
    { name: 'public.a', rows: 2 },
    { name: 'public.b', rows: null },
  ]
  const objects = { 'table public.a': '1', 'table public.b': '2', 'schema public': '3' }
  expect(differences({ tables, objects }, { tables: [tables[0]!, { name: 'public.b', rows: 7 }], objects })).toEqual([])
  expect(
    differences(
      { tables, objects },
      {
        tables: [{ name: 'public.a', rows: 3 }],
        objects: { 'table public.a': 'other', 'index public.i': '4', 'schema public': 'other' },
      },
    ),
  ).toEqual([
    'index public.i is not in the backup',
    'table public.a is not the same',
    'table public.b is missing',
    'public.a has 3 rows instead of 2',
    'public.b is missing, with all its rows',
  ])
})

test('the URL of MongoDB is in a file and no argument, and the database is named apart from it', () => {
  const url = 'mongodb://me:p%40ss@host:27017/shop?replicaSet=r'
  expect(mongoConfig(url)).toBe('uri: "mongodb://me:p%40ss@host:27017/?replicaSet=r&authSource=shop"\n')
  expect(mongoConfig('mongodb://host/shop')).toBe('uri: "mongodb://host/"\n')
  expect(mongoDumpArguments('/c', 'shop', '/f')).toEqual([
    '--config=/c',
    '--db=shop',
    '--archive=/f',
    '--gzip',
    '--quiet',
  ])
})

test('a dump of MongoDB goes into a database of another name, without what is in use there', () => {
  const at = { file: '/f', from: 'shop', into: 'shop', without: ['godwit_lease'] }
  expect(mongoRestoreArguments('/c', at)).toEqual([
    '--config=/c',
    '--archive=/f',
    '--gzip',
    '--quiet',
    '--stopOnError',
    '--nsInclude=shop.*',
    '--nsExclude=shop.godwit_lease',
  ])
  expect(mongoRestoreArguments('/c', { ...at, into: 'other' })).toEqual(
    expect.arrayContaining(['--nsFrom=shop.*', '--nsTo=other.*']),
  )
})

test('how people get a tool', () => {
  expect(howToInstall('pg_dump', 17).join()).toMatch(/postgresql-client-17.*postgresql@17.*docker.*postgres:17/)
  expect(howToInstall('pg_restore', 0)).toEqual(
    expect.arrayContaining([expect.stringMatching(/apt install postgresql-client$/)]),
  )
  expect(howToInstall('mongodump', 100).join()).toContain('mongodb-database-tools')
})

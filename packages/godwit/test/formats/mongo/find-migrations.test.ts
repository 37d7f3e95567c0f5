import { expect, test } from 'vitest'
import { findMongoMigrations } from '../../../src/formats/mongo/find-migrations.js'
import { createProject, documented } from './support/project.js'

const mongoose = new Set(['mongoose'])

test.each<[string | undefined, Record<string, string>, string]>([
  [
    'src/database/migrations/run-migrations.ts',
    { 'src/database/migrations/run-migrations.ts': 'const migrations = []' },
    'mongoose',
  ],
  [
    'migrations/run-migrations.js',
    { 'migrations/run-migrations.js': 'module.exports = { migrations: [] }' },
    'mongodb',
  ],
  ['migrations', { 'migrations/001-a.ts': documented('001-a', 'A'), 'migrations/framework.ts': '' }, 'mongodb'],
  [undefined, { 'migrations/001-a.ts': documented('001-a', 'A') }, 'pg'],
  [undefined, { 'migrations/001-a.ts': documented('001-a', 'A') }, 'mongodb migrate-mongo'],
  [undefined, { 'migrations/20200101-a.js': 'exports.up = async (db) => {}' }, 'mongodb'],
  [
    undefined,
    { 'src/migrations/1700000000000-A.ts': `class A implements MigrationInterface { name = 'a'; up() {} }` },
    'mongodb',
  ],
  [undefined, { 'migrations/001_a.sql': 'SELECT 1', 'migrations/run-migrations.ts': 'runSql()' }, 'mongoose'],
  [undefined, {}, 'mongoose'],
])('%s is found in %j with %s', (expected, files, packages) => {
  expect(findMongoMigrations(createProject(files).dir, new Set(packages.split(' ')))).toBe(expected)
})

test('the folder of the document comes first', () => {
  const file = { '001-a.ts': documented('001-a', 'A') }
  const project = createProject({
    'migrations/001-a.ts': file['001-a.ts'],
    'src/database/migrations/001-a.ts': file['001-a.ts'],
  })
  expect(findMongoMigrations(project.dir, mongoose)).toBe('src/database/migrations')
})

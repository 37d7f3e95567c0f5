import { expect, test } from 'vitest'
import { builderProject } from '../contract/databases/waiting/format-project.js'
import { createDatabase } from '../support/database.js'

const tables = `select schemaname || '.' || tablename as t from pg_tables
  where schemaname in ('public', 'other') and tablename <> 'pgmigrations' order by 1`

test('what a builder sets by pgm.db is gone for the next migration', async () => {
  const database = await createDatabase()
  await database.query('create schema other')
  const { project } = await builderProject(database, {
    '1_a': `exports.up = async (pgm) => { await pgm.db.query('set search_path to other'); pgm.createTable('one', {}) }`,
    '2_b': `exports.up = (pgm) => pgm.createTable('two', {})`,
  })
  expect((await project.up()).error).toBeUndefined()
  expect(await database.query(tables)).toEqual([{ t: 'other.one' }, { t: 'public.two' }])
})

test('a builder that frees the lock by pgm.db is not recorded', async () => {
  const database = await createDatabase()
  const { project, states } = await builderProject(database, {
    '1_a': `exports.up = async (pgm) => { await pgm.db.query('select pg_advisory_unlock_all()'); pgm.createTable('one', {}) }`,
  })
  expect((await project.up()).error).toMatchObject({ code: 'GODWIT_LOCK_FREED', details: { left: 'nothing' } })
  expect(await states()).toEqual(['1_a pending'])
})

import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { readHandmade } from '../../../src/formats/prisma/generate/handmade.js'
import { newSchema } from '../../../src/formats/prisma/new-schema.js'
import { createDatabase } from '../../support/database.js'

test("Godwit's own schema is nobody's work, whatever it is called", async () => {
  const { url, query } = await createDatabase()
  await query(
    'create schema gw; create table gw.run (id int check (id = 1)); create table users (id int check (id > 0))',
  )
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  const named = async (own: string) => (await readHandmade(client, own, false)).map(({ schema }) => schema)
  expect(await named('gw')).toEqual(['public'])
  expect((await named('godwit')).toSorted()).toEqual(['gw', 'public'])
  expect(await newSchema(client, { usual: 'public', own: 'gw', major: '7' })).not.toContain('schemas')
})

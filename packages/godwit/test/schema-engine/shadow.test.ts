import * as tools from '@prisma/driver-adapter-utils'
import { expect, test } from 'vitest'
import { serverSessions } from '../../src/schema-engine/databases.js'
import { createDatabase } from '../support/database.js'

const folder = import.meta.dirname

test('a shadow that is the database itself is not emptied, however its URL is spelled', async () => {
  const main = await createDatabase()
  await main.query('create table kept (x int)')
  const same = main.url.replace('127.0.0.1', 'localhost').replace(/$/, '?schema=other')
  expect(same).not.toBe(main.url)
  const sessions = serverSessions(main.url, same, folder)
  await expect(sessions.shadow(tools)).rejects.toMatchObject({ code: 'GODWIT_SHADOW_IS_MAIN' })
  expect(await main.query('select count(*)::int as n from kept')).toEqual([{ n: 0 }])
})

test('a shadow with a history is not emptied while the database itself cannot be asked', async () => {
  const named = await createDatabase()
  await named.query('create table _prisma_migrations (id text)')
  await named.query("insert into _prisma_migrations values ('1')")
  const sessions = serverSessions('postgres://nobody@127.0.0.1:1/app', named.url, folder)
  await expect(sessions.shadow(tools)).rejects.toMatchObject({ code: 'GODWIT_SHADOW_HAS_HISTORY' })
  expect(await named.query('select id from _prisma_migrations')).toEqual([{ id: '1' }])
})

test('a shadow that is named is emptied', async () => {
  const main = await createDatabase()
  const shadow = await createDatabase()
  await shadow.query('create table gone (x int)')
  const adapter = await serverSessions(main.url, shadow.url, folder).shadow(tools)
  await adapter.dispose()
  expect(await shadow.query(`select relname from pg_class where relname = 'gone'`)).toEqual([])
})

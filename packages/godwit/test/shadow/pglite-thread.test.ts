import pg from 'pg'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { embeddedSettings } from '../../src/databases/embedded/settings.js'
import { Connection } from '../../src/databases/postgres/connection.js'
import { PgliteThread } from '../../src/shadow/pglite-thread.js'

const projectDir = process.cwd()

// To make a cluster takes long.
let cluster: Uint8Array
beforeAll(async () => {
  const thread = await PgliteThread.open({ projectDir, extensions: [], archive: undefined })
  cluster = await thread.archive()
  await thread.close()
})

async function start(archive: Uint8Array = cluster.slice(), extensions: string[] = []): Promise<PgliteThread> {
  const thread = await PgliteThread.open({ projectDir, extensions, archive })
  onTestFinished(() => thread.close())
  return thread
}

async function query(thread: PgliteThread, sql: string): Promise<unknown[]> {
  const { client } = await Connection.open(embeddedSettings(thread, 'PGlite'), projectDir)
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

test('a client talks to it, and it begins where an archive ends', async () => {
  const first = await start()
  await first.run('CREATE TABLE t (x text)')
  expect(await query(first, `INSERT INTO t VALUES ('one'), (repeat('x', 300000)) RETURNING length(x)`)).toEqual([
    [3],
    [300000],
  ])
  await expect(query(first, 'SELECT 1/0')).rejects.toBeInstanceOf(pg.DatabaseError)
  await first.run('CHECKPOINT')
  const second = await start(await first.archive())
  await first.run('DROP TABLE t')
  expect(await query(second, 'SELECT length(x) FROM t ORDER BY 1')).toEqual([[3], [300000]])
})

test('an extension is there that was asked for', async () => {
  const thread = await start(undefined, ['cube'])
  await thread.run('CREATE EXTENSION cube')
  await expect((await start()).run('CREATE EXTENSION cube')).rejects.toThrow(/cube/)
})

test('what it says of a statement is thrown here', async () => {
  const thread = await start()
  await expect(thread.run('SELECT nothing_like_that()')).rejects.toMatchObject({ code: '42883' })
  expect(await query(thread, 'SELECT 1')).toEqual([[1]])
})

test('something else than an archive is refused, and its thread ends', async () => {
  await expect(
    PgliteThread.open({ projectDir, extensions: [], archive: new Uint8Array(100_000).fill(7) }),
  ).rejects.toThrow()
})

test('what is asked of one that was closed, or is while it works, fails', async () => {
  const thread = await start()
  const working = thread.run('SELECT pg_sleep(60)')
  const refused = expect(working).rejects.toThrow('The thread of PGlite has ended.')
  await thread.close()
  await refused
  await expect(thread.run('SELECT 1')).rejects.toThrow('The thread of PGlite has ended.')
})

test('this thread is free while it starts', async () => {
  const seen: string[] = []
  const data = { projectDir, extensions: [], archive: cluster.slice() }
  const thread = await PgliteThread.open(data, () => seen.push('begun'))
  seen.push('there')
  await thread.close()
  expect(seen).toEqual(['begun', 'there'])
})

import { expect, test } from 'vitest'
import { withoutPassword } from '../../../src/databases/mongodb/connection-errors.js'
import { mongoDatabase } from '../../../src/databases/mongodb/index.js'
import { freePort } from '../../support/free-port.js'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { serverHas } from '../../support/mongodb-has.js'
import { history, openRunner } from './memory-project.js'

const open = (url: string) =>
  mongoDatabase(url).open(history, { projectDir: import.meta.dirname, schema: 'godwit', peerLocks: [], warn: () => {} })

const failureOf = (url: string): Promise<{ code: string; exitCode: number; message: string; hint: string }> =>
  open(url).then(
    () => Promise.reject(new Error('it was opened')),
    (error) => error,
  )

test.each([
  ['mongodb://db.example.com/shop', 'mongodb://db.example.com/shop'],
  ['mongodb://me:s%40cret@a:1,b:2/shop?replicaSet=r', 'mongodb://a:1,b:2/shop'],
  ['mongodb+srv://me:secret@cluster.example.com/?retryWrites=true', 'mongodb+srv://cluster.example.com/test'],
  ['mongodb://me:se/cret@host/shop', 'mongodb://host/shop'],
  ['mongodb://me:se?cret@host:27017/shop?w=1', 'mongodb://host:27017/shop'],
  ['mongodb://a:1,b:2/shop?appName=me@home', 'mongodb://a:1,b:2/shop'],
])('of %s people see neither user nor password', (url, address) => {
  expect(mongoDatabase(url).address).toBe(address)
})

test('a password is taken out of a text, as it was written and as it is', () => {
  const url = 'mongodb://me:s%40c%2Fret@host/shop'
  expect(withoutPassword('bad: mongodb://me:s%40c%2Fret@host, s@c/ret', url)).toBe('bad: mongodb://***@host, ***')
})

test('nothing answers: connection refused, exit code 8', async () => {
  const failure = await failureOf(`mongodb://127.0.0.1:${await freePort()}/shop?serverSelectionTimeoutMS=500`)
  expect(failure).toMatchObject({ code: 'GODWIT_CONNECTION_REFUSED', exitCode: 8 })
})

test('a host that is not there', async () => {
  const failure = await failureOf('mongodb://nowhere.invalid/shop?serverSelectionTimeoutMS=500')
  expect(failure).toMatchObject({ code: 'GODWIT_CONNECTION_NO_HOST', exitCode: 8 })
})

test.each(['mongodb://me:p@ss@host/shop', 'mongodb://host/shop?nope=1', 'mongodb://'])(
  'a URL that is wrong: %s',
  async (url) => {
    const failure = await failureOf(url)
    expect(failure).toMatchObject({ code: 'GODWIT_MONGO_URL_INVALID', exitCode: 2 })
    expect(failure.message).not.toContain('p@ss')
  },
)

const anyName = await serverHas('databases of any name', (db, client) =>
  client.db(`${db.databaseName}-ä`).collection('a').findOne(),
)

describeMongo('a MongoDB server', () => {
  test('a URL without a database means test', async () => {
    const { url, name } = await createMongoDatabase()
    const { target } = await openRunner(url.replace(`/${name}`, '/'), {})
    expect(target.server.database).toBe('test')
  })

  test.skipIf(!anyName)('special characters in the name of a database are read', async () => {
    const { url, name } = await createMongoDatabase()
    const { target } = await openRunner(url.replace(name, `${name}-%C3%A4`), {})
    expect(target.server.database).toBe(`${name}-ä`)
  })
})

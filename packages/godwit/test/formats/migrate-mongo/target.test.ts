import { MongoClient, type MongoClientOptions } from 'mongodb'
import { expect, test } from 'vitest'
import { openFormat } from './support/peer.js'

async function targetOf(mongodb: object): Promise<{ target: string | undefined; warnings: string[] }> {
  const { format, warnings } = await openFormat({}, { config: { mongodb } })
  return { target: await format.target?.(), warnings }
}

/** Everything that decides where and how the driver connects. */
function settled(client: MongoClient, database?: string): object {
  // Whether the source of the login was written or is the default is not compared: what it is, is.
  const {
    credentials,
    dbName,
    userSpecifiedAuthSource: _,
    ...options
  } = client.options as unknown as Record<string, unknown>
  const plain = JSON.parse(JSON.stringify({ ...options, mongoLoggerOptions: undefined, metadata: undefined }))
  return { ...plain, dbName: database ?? dbName, credentials }
}

test.each<[string, string | undefined, MongoClientOptions]>([
  ['mongodb://h:1', 'app', {}],
  ['mongodb://h:1/app', undefined, {}],
  ['mongodb://a:1,b:2,[::1]:3/?replicaSet=r', 'app', { retryWrites: false }],
  ['mongodb://u:p%40@h:1', 'app', {}],
  ['mongodb://u:p@h:1/login', 'app', {}],
  ['mongodb://u:p@h:1/login', 'login', {}],
  ['mongodb://u:p@h:1/login', undefined, {}],
  ['mongodb://u:p@h:1/login?authSource=x', 'app', {}],
  ['mongodb://u:p@h:1/login', 'app', { authSource: 'y', authMechanism: 'SCRAM-SHA-256' }],
  ['mongodb://u:p@h:1/login', 'app', { authMechanism: 'PLAIN' }],
  ['mongodb://u:p@h:1', 'app', { authMechanism: 'PLAIN' }],
  ['mongodb://u@h:1/?authMechanism=MONGODB-X509&tls=true', 'app', {}],
  ['mongodb://h:1', 'app', { auth: { username: 'ü/@', password: 'p:%' } }],
  [
    'mongodb://old:old@h:1/?w=1&connectTimeoutMS=1',
    'app',
    { auth: { username: 'u', password: 'p' }, connectTimeoutMS: 2 },
  ],
  ['mongodb://h:1', 'a%41', {}],
  ['mongodb://h:1', 'a b', { tls: true, tlsCAFile: '/etc/ca.pem', appName: 'a&b=c', maxPoolSize: 3 }],
  [
    'mongodb://h:1',
    'app',
    { writeConcern: { w: 'majority', wtimeout: 5, journal: true }, readConcern: { level: 'local' } },
  ],
  ['mongodb://h:1', 'app', { readPreference: 'secondary', compressors: ['zlib', 'none'], ignoreUndefined: true }],
  ['mongodb://h:1/?readPreference=secondary&readPreferenceTags=dc:a&readPreferenceTags=', 'app', { family: 4 }],
])('is the place of %s with %s and %j', async (url, databaseName, options) => {
  const { target = '', warnings } = await targetOf({ url, databaseName, options })
  expect(warnings).toEqual([])
  const mine = new MongoClient(target)
  const peers = new MongoClient(url, options)
  expect(settled(mine)).toEqual(settled(peers, databaseName))
})

test('leaves out what stopped doing anything, and tells what cannot be said', async () => {
  const options = {
    useNewUrlParser: true,
    useUnifiedTopology: true,
    serverApi: '1',
    autoEncryption: { keyVaultNamespace: 'a.b' },
    maxPoolSize: 2,
  }
  const { target, warnings } = await targetOf({
    url: 'mongodb://h/?maxPoolSize=9&tls=true',
    databaseName: 'app',
    options,
  })
  expect(target).toBe('mongodb://h/app?tls=true&maxPoolSize=2')
  expect(warnings).toEqual(
    ['serverApi', 'autoEncryption'].map(
      (name) => `migrate-mongo-config.js: mongodb.options.${name} cannot stand in a URL and is left out.`,
    ),
  )
})

test('trusts any certificate only where migrate-mongo would', async () => {
  const trusts = async (rejectUnauthorized: boolean) => {
    const { target = '' } = await targetOf({ url: 'mongodb://h/?tls=true', options: { rejectUnauthorized } })
    return new MongoClient(target).options.rejectUnauthorized
  }
  expect(await trusts(false)).toBe(false)
  expect(await trusts(true)).not.toBe(false)
})

test('what the name server says of a login is left to it', async () => {
  const target = async (url: string) => (await targetOf({ url, databaseName: 'app' })).target
  expect(await target('mongodb+srv://u:p@h')).toBe('mongodb+srv://u:p@h/app?authSource=admin')
  expect(await target('mongodb+srv://u:p@h/login')).toBe('mongodb+srv://u:p@h/app')
  expect(await target('mongodb+srv://h/login?w=1')).toBe('mongodb+srv://h/app?w=1')
})

test('a URL of another kind stays as it is', async () => {
  expect(await targetOf({ url: 'postgres://h/d', databaseName: 'app' })).toEqual({
    target: 'postgres://h/d',
    warnings: [],
  })
})

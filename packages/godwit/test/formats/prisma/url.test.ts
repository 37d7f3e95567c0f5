import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { prismaUrl } from '../../../src/formats/prisma/url.js'
import { createDatabase } from '../../support/database.js'
import { scratchFolder } from '../scratch-folder.js'

test("takes Prisma's parameters out and leaves those that pg knows", () => {
  const target = prismaUrl(
    'postgresql://me:p%40ss@db.example:6543/app?schema=shop&pgbouncer=true&connection_limit=1&pool_timeout=2' +
      '&connect_timeout=7&statement_cache_size=0&sslmode=require&application_name=api',
  )
  expect(target).toEqual({
    connectionString: 'postgresql://me:p%40ss@db.example:6543/app?application_name=api',
    schema: 'shop',
    options: '',
    tls: 'unverified',
    ssl: { rejectUnauthorized: false },
    pooled: true,
    connectionTimeoutMillis: 7000,
  })
})

test('has the defaults of Prisma: schema public, database postgres', () => {
  expect(prismaUrl('postgres://me@localhost')).toMatchObject({
    connectionString: 'postgres://me@localhost/postgres',
    schema: 'public',
    options: '-c search_path="public"',
    tls: 'prefer',
    pooled: false,
  })
})

test('sends a pooler no startup options that it does not need', () => {
  expect(prismaUrl('postgres://me@h/a?pgbouncer=true').options).toBe('')
  expect(prismaUrl('postgres://me@h/a?pgbouncer=true&schema=s').options).toBe('')
  expect(prismaUrl('postgres://me@h/a?options=-c%20x.y=1').options).toBe('-c x.y=1 -c search_path="public"')
})

test.each([
  ['', 'prefer', false],
  ['sslmode=disable', 'off', undefined],
  ['sslmode=prefer&sslaccept=strict', 'prefer', true],
  ['sslmode=require', 'unverified', false],
  ['sslmode=require&sslaccept=accept_invalid_certs', 'unverified', false],
  ['sslmode=require&sslaccept=strict', 'verified', true],
  ['sslmode=verify-full', 'verified', true],
  ['sslmode=verify-full&sslaccept=accept_invalid_certs', 'verified', true],
])('%s means TLS %s', (query, tls, rejectUnauthorized) => {
  const target = prismaUrl(`postgresql://me@db.example/app?${query}`)
  expect([target.tls, target.ssl?.rejectUnauthorized]).toEqual([tls, rejectUnauthorized])
})

test("reads certificates beside the schema, and says which one isn't there", async () => {
  const dir = await scratchFolder({ 'prisma/ca.pem': 'CA', 'me.p12': 'P12' })
  const url = 'postgresql://me@db/app?sslmode=require&sslcert=ca.pem&sslidentity=me.p12&sslpassword=x'
  expect(prismaUrl(url, dir).ssl).toEqual({
    rejectUnauthorized: false,
    ca: 'CA',
    pfx: Buffer.from('P12'),
    passphrase: 'x',
  })
  expect(() => prismaUrl('postgresql://me@db/app?sslcert=no.pem', dir)).toThrow(/no\.pem/)
})

test.each([
  ['prisma://accelerate.example/?api_key=secret', 'GODWIT_PRISMA_PROXY'],
  ['prisma+postgres://localhost:51213/?api_key=secret', 'GODWIT_PRISMA_PROXY'],
  ['mysql://me:secret@db/app', 'GODWIT_UNSUPPORTED_DATABASE'],
  ['file:./dev.db', 'GODWIT_UNSUPPORTED_DATABASE'],
  ['no url with a secret', 'GODWIT_URL_INVALID'],
])('refuses %s without repeating it', (url, code) => {
  try {
    prismaUrl(url)
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ code, message: expect.not.stringContaining('secret') })
  }
})

test('the schema is the search_path of the session, whatever its name', async () => {
  const database = await createDatabase()
  const schema = 'Ünï "x" \\ y'
  await database.query(`create schema ${pg.escapeIdentifier(schema)}`)
  const url = new URL(database.url)
  url.searchParams.set('schema', schema)
  url.searchParams.set('sslmode', 'disable')
  const client = new pg.Client(prismaUrl(url.toString()))
  await client.connect()
  onTestFinished(() => client.end())
  const { rows } = await client.query('select current_schema() as schema, current_database() as database')
  expect(rows).toEqual([{ schema, database: database.name }])
})

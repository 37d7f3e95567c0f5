import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { rootCertificates } from 'node:tls'
import pg from 'pg'
import { expect, test } from 'vitest'
import { connectAs } from '../../src/backup/connect-as.js'
import { connectionSettings } from '../../src/databases/postgres/url.js'
import { prismaConnection } from '../../src/project/prisma-connection.js'

const client = (url: string) => new pg.Client(connectionSettings(url).config)

test('a URL, as the driver reads it, in the words of libpq', async () => {
  const url = "postgres://o'dd:p%40ss%20%23@db.example:6543/shop?sslmode=disable&options=-c%20search_path%3Dapp"
  const access = await connectAs(client(url), { PATH: '/bin', PGSERVICE: 'x', PGPASSWORD: 'y', LANG: 'de_DE' })
  expect(access).toMatchObject({ database: 'shop', password: 'p@ss #' })
  expect(access.env).toMatchObject({
    PATH: '/bin',
    LC_ALL: 'C',
    PGHOST: 'db.example',
    PGPORT: '6543',
    PGUSER: "o'dd",
    PGPASSWORD: 'p@ss #',
    PGOPTIONS: '-c search_path=app',
    PGSSLMODE: 'disable',
  })
  expect(access.env).not.toHaveProperty('PGSERVICE')
  await access.close()
})

test('without a password none is passed on, also not one that the session was not made by', async () => {
  const access = await connectAs(client('postgres://me@db.example/shop?sslmode=disable'), { PGPASSWORD: 'y' })
  expect(access.env).not.toHaveProperty('PGPASSWORD')
})

test('require is verified, as the driver does, against the same authorities (rule 30)', async () => {
  const access = await connectAs(client('postgres://me@db.example/shop?sslmode=require'), {})
  const { PGSSLMODE, PGSSLROOTCERT = '' } = access.env
  expect(PGSSLMODE).toBe('verify-full')
  expect(readFileSync(PGSSLROOTCERT, 'utf8')).toContain(rootCertificates[0])
  expect(statSync(PGSSLROOTCERT).mode & 0o77).toBe(0)
  await access.close()
  expect(existsSync(dirname(PGSSLROOTCERT))).toBe(false)
})

test('no-verify is not', async () => {
  const access = await connectAs(client('postgres://me@db.example/shop?sslmode=no-verify'), {})
  expect(access.env.PGSSLMODE).toBe('require')
  expect(access.env).not.toHaveProperty('PGSSLROOTCERT')
  await access.close()
})

test('certificates of the session are written down for the tool, and taken away again', async () => {
  const made = client('postgres://me@db.example/shop')
  Object.assign(made, { ssl: { ca: 'CA', cert: 'CERT', key: 'KEY', checkServerIdentity: () => undefined } })
  const access = await connectAs(made, {})
  expect(access.env.PGSSLMODE).toBe('verify-ca')
  const files = ['PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY'].map((name) => access.env[name] as string)
  expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['CA', 'CERT', 'KEY'])
  await access.close()
  expect(files.some((file) => existsSync(file))).toBe(false)
})

test('a Prisma URL means what it means to Prisma', async () => {
  const { settings } = prismaConnection('postgresql://me:x@db.example/shop?schema=app&sslmode=require', '.')
  const access = await connectAs(new pg.Client(settings.config), {})
  expect(access.env).toMatchObject({ PGHOST: 'db.example', PGSSLMODE: 'require' })
  await access.close()
})

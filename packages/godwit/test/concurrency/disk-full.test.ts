import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EffectsProject, effectsProject, type FormatName, queryOn, type Steps } from './support/effects-project.js'
import { type OwnServer, startOwnServer } from './support/own-server.js'
import { mountSmallDisk, type SmallDisk, whyNoSmallDisk } from './support/small-disk.js'

const ROOM_MB = 100

let server: OwnServer
const disks: SmallDisk[] = []
const reason = await whyNoSmallDisk()
if (reason !== undefined) process.stderr.write(`The tests of a full disk are left out: ${reason}\n`)

beforeAll(async () => {
  if (reason === undefined) server = await startOwnServer()
})
afterAll(async () => {
  await server?.remove()
  for (const disk of disks) await disk.remove()
})

/** A disk with a tablespace on it, named `small` and its number. */
async function smallDisk(megabytes: number): Promise<{ disk: SmallDisk; small: string }> {
  const disk = await mountSmallDisk(megabytes)
  disks.push(disk)
  server.own(disk.folder)
  const small = `small_${disks.length}`
  await queryOn(server.url, `create tablespace ${small} location '${disk.folder}'`)
  return { disk, small }
}

async function projectOf(steps: Steps, format: FormatName = 'sql', options = ''): Promise<EffectsProject> {
  const name = `full_${disks.length}`
  await queryOn(server.url, `create database ${name} ${options}`)
  return effectsProject(format, server.url.replace(/\/postgres$/, `/${name}`), steps)
}

const rows = `select repeat(md5(i::text), 30) as t from generate_series(1, 30000) as i`

describe.skipIf(reason !== undefined)('a disk that is full', () => {
  test.each(['sql', 'node-pg-migrate', 'typeorm', 'prisma'] as const)(
    'in the middle of a transaction, %s: undone as a whole, and gone on with when there is room',
    async (format) => {
      const { disk, small } = await smallDisk(8)
      const project = await projectOf({ m1: '', m2: `create table big tablespace ${small} as ${rows}`, m3: '' }, format)
      const { code, stderr } = await project.up()
      expect(stderr).toMatch(/could not extend file .*No space left on device/)
      expect(stderr).toContain('PostgreSQL says: 53100')
      expect(stderr).toContain('When there is room: godwit up')
      expect(stderr).toContain('hint: Check free disk space.')
      expect(stderr).toContain('was undone, nothing of it is left.')
      expect(code).toBe(7)
      expect(await project.effects()).toEqual(['m1'])
      expect(await project.query(`select to_regclass('big') as big`)).toEqual([{ big: null }])
      disk.resize(ROOM_MB)
      expect(await project.up()).toMatchObject({ code: 0 })
      expect(await project.effects()).toEqual(['m1', 'm2', 'm3'])
      expect(await project.history()).toHaveLength(3)
      await project.query('drop table big')
    },
  )

  test('outside of a transaction: what is done stays, and is gone on behind', async () => {
    const { disk, small } = await smallDisk(8)
    const m2 = `-- godwit: transaction=none\ncreate table big (t text) tablespace ${small};\ninsert into big ${rows}`
    const project = await projectOf({ m1: '', m2, m3: '' })
    const { code, stderr } = await project.up()
    expect(stderr).toContain('PostgreSQL says: 53100')
    expect(code).toBe(7)
    expect(await project.effects()).toEqual(['m1', 'm2'])
    expect(await project.history()).toEqual(['1_m1'])
    disk.resize(ROOM_MB)
    expect(await project.up()).toMatchObject({ code: 0 })
    expect(await project.effects()).toEqual(['m1', 'm2', 'm3'])
    expect(await project.query('select count(*)::int as n from big')).toEqual([{ n: 30_000 }])
    await project.query('drop table big')
  })

  test('under a concurrent build: its INVALID rest is taken away, and it is built when there is room', async () => {
    const { disk, small } = await smallDisk(1)
    const index = `create index concurrently big_t on big (t) tablespace ${small}`
    const project = await projectOf({ m1: `create table big as ${rows}`, m2: `-- godwit: transaction=none\n${index}` })
    const { code, stderr } = await project.up()
    expect(stderr).toContain('PostgreSQL says: 53100')
    expect(code).toBe(7)
    expect(await project.query(`select to_regclass('big_t') as big_t`)).toEqual([{ big_t: null }])
    disk.resize(ROOM_MB)
    expect(await project.up()).toMatchObject({ code: 0 })
    expect(
      await project.query(`select indisvalid as valid from pg_index where indexrelid = 'big_t'::regclass`),
    ).toEqual([{ valid: true }])
    expect(await project.effects()).toEqual(['m1', 'm2'])
    await project.query('drop table big')
  })

  test('before anything is made, so that not even a history fits', async () => {
    const { disk, small } = await smallDisk(20)
    const project = await projectOf({ m1: '' }, 'sql', `tablespace ${small}`)
    // The first connection of all writes a file of the server's own.
    await project.query('select')
    disk.fill()
    const { code, stderr } = await project.up()
    expect(stderr).toContain('No space left on device')
    expect(code).toBe(7)
    disk.resize(ROOM_MB)
    expect(await project.up()).toMatchObject({ code: 0 })
    expect(await project.effects()).toEqual(['m1'])
  })
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProject } from '../../src/index.js'
import { milliseconds } from '../../src/project/duration.js'
import { createDatabase } from '../support/database.js'

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'godwit-target-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'migrations'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

const url = (name: string) => `postgres://u:p@h/${name}`
const config = (more: object = {}) => ({ 'godwit.config.json': JSON.stringify({ format: 'sql', ...more }) })

describe('the target, strongest place first (rule 26)', () => {
  const everywhere = { GODWIT_DATABASE_URL: url('own'), DATABASE_URL: url('shared') }

  test.each<[string, object, Record<string, string>, string | undefined, string]>([
    ['the flag', { database: url('config') }, everywhere, url('flag'), 'flag'],
    ["Godwit's variable", { database: url('config') }, everywhere, undefined, 'own'],
    ['the config', { database: url('config') }, { DATABASE_URL: url('shared') }, undefined, 'config'],
    ['DATABASE_URL', {}, { DATABASE_URL: url('shared') }, undefined, 'shared'],
    ['an empty variable is none', {}, { GODWIT_DATABASE_URL: '', DATABASE_URL: url('shared') }, undefined, 'shared'],
  ])('%s', async (_, more, env, databaseUrl, wanted) => {
    const project = await openProject({ cwd: folderWith(config(more)), env: { ...env }, databaseUrl })
    expect(await project.address()).toBe(`postgres://h/${wanted}`)
  })

  test("the format's own config stands before DATABASE_URL", async () => {
    const schema = `datasource db {\n  provider = "postgresql"\n  url = "${url('prisma')}"\n}\n`
    const folder = folderWith({})
    mkdirSync(join(folder, 'prisma'))
    writeFileSync(join(folder, 'prisma/schema.prisma'), schema)
    const project = await openProject({ cwd: folder, env: { DATABASE_URL: url('shared') } })
    expect(await project.address()).toBe('postgres://h/prisma')
  })

  test('none at all is said, with the variable that would do', async () => {
    const project = await openProject({ cwd: folderWith(config()), env: {} })
    await expect(project.address()).rejects.toMatchObject({
      code: 'GODWIT_NO_DATABASE',
      hint: expect.stringContaining('GODWIT_DATABASE_URL'),
    })
  })

  test.each(['mongo', 'migrate-mongo'])('%s is not sent to an embedded PostgreSQL', async (format) => {
    const folder = folderWith({ 'godwit.config.json': JSON.stringify({ format }) })
    const { hint } = await (await openProject({ cwd: folder, env: {} })).address().catch((error) => error)
    expect(hint).toContain('mongodb://')
    expect(hint).not.toContain('embedded')
  })

  test('of several projects each has a variable of its own, and the shared ones count for none', async () => {
    const projects = { 'web-shop': { format: 'sql' }, billing: { format: 'sql' } }
    const folder = folderWith({ 'godwit.config.json': JSON.stringify({ projects }) })
    const env = { ...everywhere, GODWIT_WEB_SHOP_DATABASE_URL: url('shop') }
    expect(await (await openProject({ cwd: folder, project: 'web-shop', env: { ...env } })).address()).toBe(
      'postgres://h/shop',
    )
    const billing = await openProject({ cwd: folder, project: 'billing', env: { ...env } })
    await expect(billing.address()).rejects.toMatchObject({
      code: 'GODWIT_NO_DATABASE',
      hint: expect.stringContaining('GODWIT_BILLING_DATABASE_URL'),
    })
  })

  test('.env beside the config is read, and never overrides a variable that is set', async () => {
    const folder = folderWith({ ...config(), '.env': `GODWIT_DATABASE_URL=${url('dotenv')}\n` })
    expect(await (await openProject({ cwd: folder, env: {} })).address()).toBe('postgres://h/dotenv')
    const set = await openProject({ cwd: folder, env: { GODWIT_DATABASE_URL: url('set') } })
    expect(await set.address()).toBe('postgres://h/set')
  })

  test('the config is the nearest one upwards', async () => {
    const folder = folderWith(config({ database: url('top') }))
    mkdirSync(join(folder, 'a/b'), { recursive: true })
    const project = await openProject({ cwd: join(folder, 'a/b'), env: {} })
    expect([await project.address(), project.folder]).toEqual(['postgres://h/top', folder])
  })
})

describe('the embedded database (rule 27)', () => {
  test.each([{ NODE_ENV: 'production' }, { CI: 'true' }])('with %o it must stand in the config', async (env) => {
    const inConfig = await openProject({ cwd: folderWith(config({ database: 'embedded' })), env: { ...env } })
    expect(await inConfig.address()).toBe('embedded (.godwit/db)')
    const asked = { GODWIT_DATABASE_URL: 'embedded', ...env }
    const refused = { code: 'GODWIT_EMBEDDED_NOT_ALLOWED', exitCode: 2 }
    await expect((await openProject({ cwd: folderWith(config()), env: asked })).address()).rejects.toMatchObject(
      refused,
    )
    const flag = await openProject({ cwd: folderWith(config()), env: { ...env }, databaseUrl: 'embedded:memory' })
    await expect(flag.address()).rejects.toMatchObject(refused)
  })

  test('a folder and memory are what is asked for', async () => {
    const at = async (database: string) =>
      (await openProject({ cwd: folderWith(config({ database })), env: {} })).address()
    expect(await at('embedded:data/db')).toBe('embedded (data/db)')
    expect(await at('embedded:memory')).toBe('embedded (memory)')
  })
})

test('durations are read as they are written', () => {
  const read = ['500ms', '90s', '2m', '1h', '7', '1.5', 3].map((written) => milliseconds(written, 'wait'))
  expect(read).toEqual([500, 90_000, 120_000, 3_600_000, 7_000, 1_500, 3_000])
  for (const wrong of ['', 'soon', '-1', '5 m', '1d'])
    expect(() => milliseconds(wrong, 'wait')).toThrow(`'${wrong}' is not a duration (wait).`)
})

test('a stopped library run cancels on the server and tells what stays; events tell the whole story', async () => {
  const { url: databaseUrl, query } = await createDatabase()
  const folder = folderWith(config())
  writeFileSync(join(folder, 'migrations/1_a.sql'), 'create table a ();')
  writeFileSync(join(folder, 'migrations/2_b.sql'), 'create table b ();\nselect pg_sleep(60);')
  const controller = new AbortController()
  const events: string[] = []
  const project = await openProject({
    cwd: folder,
    databaseUrl,
    env: {},
    signal: controller.signal,
    onEvent: (event) => {
      events.push('name' in event ? `${event.type} ${event.name}` : event.type)
      if (event.type === 'statement' && event.name === '2_b' && event.index === 1)
        setTimeout(() => controller.abort(), 300)
    },
  })
  const report = await project.up()
  expect(report).toMatchObject({
    error: { code: 'GODWIT_INTERRUPTED', details: { left: 'nothing' } },
    remaining: ['2_b'],
  })
  expect(events).toEqual([
    'planned',
    'step-started 1_a',
    'statement 1_a',
    'step-done 1_a',
    'step-started 2_b',
    'statement 2_b',
    'statement 2_b',
    'step-failed 2_b',
  ])
  const [left] = await query(`select to_regclass('b') as b, (select count(*)::int from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()) as sessions`)
  expect(left).toEqual({ b: null, sessions: 0 })
  await expect(project.up()).resolves.toMatchObject({ error: { code: 'GODWIT_INTERRUPTED' } })
})

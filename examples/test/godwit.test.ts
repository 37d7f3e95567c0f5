import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openProject, type RunReport } from '../../packages/godwit/src/index.js'
import { createDatabase } from '../../packages/godwit/test/support/database.js'
import { presentKinds, readCatalogue } from './support/catalogue.js'

const examples = [
  {
    folder: 'chatai-platform/services/user-service',
    format: 'typeorm',
    history: 'migrations',
    names: ['InitialSchema1736150400000'],
    tables: 8,
    left: ['extensions'],
  },
  {
    folder: 'auth-system',
    format: 'node-pg-migrate',
    history: 'pgmigrations',
    names: ['1736236800000_auth-system'],
    tables: 10,
    left: [],
  },
  {
    folder: 'enxero-platform',
    format: 'prisma',
    history: '_prisma_migrations',
    names: ['20250108090000_init'],
    tables: 3,
    left: [],
  },
  {
    folder: 'typeorm-backend/backend',
    format: 'typeorm',
    history: 'migrations',
    names: ['InitialSchema1699123456789', 'AddIndexes1699123567890'],
    tables: 4,
    left: [],
  },
]

const cwdOf = (folder: string) => fileURLToPath(new URL(`../${folder}`, import.meta.url))

describe.each(examples)('$folder on Godwit', ({ folder, format, history, names, tables, left }) => {
  test.each([15, 18] as const)('is applied, undone and applied again on PostgreSQL %i', async (major) => {
    const database = await createDatabase(major)
    const project = await openProject({ cwd: cwdOf(folder), databaseUrl: database.url, env: {} })
    const states = async () => (await project.status()).migrations.map(({ name, state }) => `${name} ${state}`)
    const all = (state: string) => names.map((name) => `${name} ${state}`)
    const up = async () => {
      const report = await project.up()
      expect(report.error).toBeUndefined()
      return readCatalogue(database, history)
    }

    expect(project.format).toBe(format)
    expect(await states()).toEqual(all('pending'))
    const made = await up()
    expect(made.tables).toHaveLength(tables)
    expect(await states()).toEqual(all('applied'))

    expect((await project.down({ all: true })).error).toBeUndefined()
    expect(presentKinds(await readCatalogue(database, history))).toEqual(left)
    expect(await states()).toEqual(all('pending'))

    expect(await up()).toEqual(made)
  })
  test('is applied, undone and applied again on the embedded PostgreSQL', async () => {
    const data = await mkdtemp(join(tmpdir(), 'godwit-example-'))
    onTestFinished(() => rm(data, { recursive: true, force: true }))
    const project = await openProject({ cwd: cwdOf(folder), databaseUrl: `embedded:${join(data, 'db')}`, env: {} })
    const ran = ({ steps, error }: RunReport) => [error, ...steps.map((step) => `${step.name} ${step.outcome}`)]
    const all = names.map((name) => `${name} done`)
    expect(ran(await project.up())).toEqual([undefined, ...all])
    expect(ran(await project.down({ all: true }))).toEqual([undefined, ...all.toReversed()])
    expect(ran(await project.up())).toEqual([undefined, ...all])
    const { migrations } = await project.status()
    expect(migrations.map(({ name, state }) => `${name} ${state}`)).toEqual(names.map((name) => `${name} applied`))
  })
})

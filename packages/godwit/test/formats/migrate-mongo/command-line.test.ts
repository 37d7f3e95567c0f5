import { execFile } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { start } from '../../cli/run-cli.js'
import { createMongoDatabase, describeMongo } from '../../support/mongodb.js'
import { scratchFolder } from '../scratch-folder.js'

const modules = join(dirname(createRequire(import.meta.url).resolve('migrate-mongo')), '../..')
const migration =
  'module.exports = { async up(db) { await db.collection("c").insertOne({}) }, async down(db) { await db.collection("c").deleteOne({}) } }'
const migrations = {
  'migrations/20240101000000-a.js': migration,
  'migrations/20240101000001-b.js': migration,
  'package.json': '{ "name": "app", "devDependencies": { "migrate-mongo": "14" } }',
}

async function project(configName: string) {
  const { db, url, name } = await createMongoDatabase()
  const config = {
    mongodb: { url: url.replace(`/${name}`, '/'), databaseName: name },
    changelogCollectionName: 'changelog',
  }
  const folder = await scratchFolder({ ...migrations, [configName]: `module.exports = ${JSON.stringify(config)}` })
  symlinkSync(modules, join(folder, 'node_modules'))
  return {
    godwit: (...args: string[]) => start(folder, {}, args).ended,
    peer: async (...args: string[]) => {
      const bin = join(modules, 'migrate-mongo/bin/migrate-mongo.js')
      const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], { cwd: folder })
      return stripVTControlCharacters(stdout)
    },
    recorded: () => db.collection('changelog').distinct('fileName'),
  }
}

describeMongo('the command lines of both', () => {
  test('a project of migrate-mongo needs no config of Godwit’s', async () => {
    const { godwit, peer, recorded } = await project('migrate-mongo-config.js')
    expect(await peer('up')).toContain('MIGRATED UP: 20240101000001-b.js')
    const listed = await godwit('status', '--json')
    expect(JSON.parse(listed.stdout)).toMatchObject({
      format: 'migrate-mongo',
      migrations: [
        { name: '20240101000000-a', state: 'applied' },
        { name: '20240101000001-b', state: 'applied' },
      ],
    })
    const undone = await godwit('down', '--block')
    expect(undone).toMatchObject({ code: 0 })
    expect(await recorded()).toEqual([])
    expect(await godwit('up', '--step', '1')).toMatchObject({ code: 0 })
    expect(await peer('status')).toMatch(/20240101000000-a\.js\W+\d{4}-.*20240101000001-b\.js\W+PENDING/s)
  })

  test('-f names its config, and --migrations-dir its folder', async () => {
    const { godwit, recorded } = await project('configs/albums.js')
    expect(await godwit('up', '-f', 'configs/albums.js')).toMatchObject({ code: 0 })
    expect(await recorded()).toEqual(['20240101000000-a.js', '20240101000001-b.js'])
    expect(await godwit('down', '-b', '--file', 'configs/albums.js')).toMatchObject({ code: 0 })
    expect(await recorded()).toEqual([])
    const elsewhere = await godwit('up', '-f', 'configs/albums.js', '--migrations-dir', 'nowhere')
    expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining('nowhere') })
  })

  test('one block or so many steps, not both', async () => {
    const { godwit } = await project('migrate-mongo-config.js')
    expect(await godwit('down', '--block', '--all')).toMatchObject({ code: 2 })
    expect(await godwit('down', '--block', '20240101000000-a')).toMatchObject({ code: 2 })
  })
})

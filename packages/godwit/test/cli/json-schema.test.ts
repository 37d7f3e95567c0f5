import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect, inject, onTestFinished, test } from 'vitest'
import { formatIds } from '../../src/project/config.js'
import { createDatabase } from '../support/database.js'
import { describeWithTools } from '../support/postgres-tools.js'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))
const schema = JSON.parse(await readFile(new URL('../../schema.json', import.meta.url), 'utf8')) as object
const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
ajv.addSchema(schema, 'godwit')

async function project(files: Record<string, string>, major: 15 | 18 = 18) {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-json-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { url } = await createDatabase(major)
  const config = { format: 'sql', migrations: '.', database: url }
  await writeFile(join(folder, 'godwit.config.json'), JSON.stringify(config))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return (...args: string[]) =>
    new Promise<{ code: number; document: unknown }>((resolve, reject) => {
      execFile(process.execPath, [cli, ...args, '--json'], { cwd: folder }, (error, stdout) => {
        try {
          resolve({ code: Number(error?.code ?? 0), document: JSON.parse(stdout) })
        } catch (cause) {
          reject(new Error(`no JSON: ${stdout}`, { cause }))
        }
      })
    })
}

function expectShape(definition: string, document: unknown): void {
  const fits = ajv.getSchema(`godwit#/$defs/${definition}`)
  if (fits === undefined) throw new Error(`no definition ${definition}`)
  fits(document)
  expect(fits.errors ?? []).toEqual([])
}

test('the schema knows every format', () => {
  const formats = JSON.stringify(schema).match(/"format":\{"enum":\[[^\]]*\]\}/g) ?? []
  expect(formats).toHaveLength(3)
  for (const each of formats) expect(each).toBe(`"format":{"enum":${JSON.stringify(formatIds)}}`)
})

test('every --json document has the shape that the package ships', async () => {
  const run = await project({
    '1_a.sql': 'create table a ();',
    '1_a.down.sql': 'drop table a;',
    '2_b.sql': 'create index concurrently i on a (nothing);',
  })
  const shapes: [string, string[], number][] = [
    ['status', ['status'], 0],
    ['log', ['log'], 0],
    ['unlocked', ['unlock'], 0],
    ['lint', ['lint'], 3],
    ['lint', ['lint', '--live', '--fix', '--dry-run'], 3],
    ['plan', ['plan'], 0],
    ['plan', ['up', '--dry-run'], 0],
    ['run', ['up', '--step', '1'], 0],
    ['run', ['up'], 7],
    ['status', ['status', '--check'], 3],
    ['run', ['redo'], 0],
    ['goes', ['reset', '--dry-run'], 0],
    ['run', ['reset', '--yes'], 7],
    ['failure', ['reset'], 5],
    ['settled', ['resolve', '2_b', '--applied'], 0],
    ['log', ['log', '2_b'], 0],
    ['failure', ['log', '--limit', 'x'], 2],
    ['verified', ['verify', '1_a', '--shadow', inject('servers').pg18], 0],
    ['verified', ['verify', '--all', '--shadow', inject('servers').pg18, '--ci'], 3],
    ['created', ['create', 'third'], 0],
    ['protected', ['protect'], 0],
    ['failure', ['down', '2_b'], 5],
    ['failure', ['stauts'], 2],
    ['failure', ['status', '--project', 'other'], 2],
  ]
  for (const [shape, args, code] of shapes) {
    const got = await run(...args)
    expect(got.code, args.join(' ')).toBe(code)
    expectShape(shape, got.document)
  }
})

describeWithTools('backups', () => {
  test('are told in the shapes that the package ships', async () => {
    const run = await project({ '1_a.sql': 'create table a (b int);', '2_b.sql': 'alter table a drop b;' }, 15)
    const { pg15 } = inject('servers')
    const shapes: [string, string[], number][] = [
      ['run', ['up', '--to', '1_a', '--backup'], 0],
      ['run', ['up', '--backup-file', 'a.dump'], 0],
      ['wouldBackUp', ['backup', '--dry-run'], 0],
      ['backedUp', ['backup', '--verify', '--shadow', pg15], 0],
      ['tried', ['restore', 'a.dump', '--verify', '--shadow', pg15], 0],
      ['failure', ['restore', 'a.dump'], 5],
      ['restored', ['restore', 'a.dump', '--clean', '--dry-run'], 0],
      ['restored', ['restore', 'a.dump', '--clean', '--yes'], 0],
    ]
    for (const [shape, args, code] of shapes) {
      const got = await run(...args)
      expect(got.code, args.join(' ')).toBe(code)
      expectShape(shape, got.document)
    }
  })
})

test('a document of another shape is told apart', () => {
  expect(() => expectShape('run', { direction: 'sideways', steps: [], remaining: [] })).toThrow()
})

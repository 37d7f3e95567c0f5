import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileScript } from '../../src/formats/files.js'
import { findSections } from '../../src/formats/node-pg-migrate/sql-sections.js'
import { openProject } from '../../src/index.js'
import { scratchFolder } from './scratch-folder.js'

const latin1 = Buffer.from("insert into t values ('Gr\u00fc\u00dfe');\n", 'latin1')
const lines = (count: number) => Buffer.from("select '\u00e4\u20ac\u{1f600}';\n".repeat(count))
const refused = (line: number) => ({
  code: 'GODWIT_FILE_NOT_UTF8',
  exitCode: 2,
  message: expect.stringContaining(`1_a.sql is not UTF-8`),
  details: { line },
})

async function textOf(content: Buffer): Promise<string> {
  const folder = await scratchFolder({ '1_a.sql': content })
  let text = ''
  for await (const piece of fileScript(join(folder, '1_a.sql'), folder).read()) text += piece
  return text
}

test.each([
  ['a small file', 3],
  ['a file of one piece', 10_000],
  ['a file of several pieces', 200_000],
])('%s in another encoding is refused with the line', async (_, before) => {
  await expect(textOf(Buffer.concat([lines(before), latin1, lines(5)]))).rejects.toMatchObject(refused(before + 1))
})

test('a character that is cut off at the end is refused, and UTF-16 is told by name', async () => {
  for (const before of [2, 10_000])
    await expect(textOf(Buffer.concat([lines(before), Buffer.from('\u20ac').subarray(0, 2)]))).rejects.toMatchObject(
      refused(before + 1),
    )
  await expect(textOf(Buffer.from('\ufeffselect 1;', 'utf16le'))).rejects.toThrow('but UTF-16: see line 1')
})

test('characters across pieces stay whole, wherever they are cut; a byte order mark is taken off', async () => {
  const wide = '\u00e4\u20ac\u{1f600}'.repeat(260_000)
  for (const ahead of ['', 'x', 'xx', 'xxx', 'xxxx', '\ufeff']) {
    const text = await textOf(Buffer.from(ahead + wide))
    expect(text === ahead.replace('\ufeff', '') + wide).toBe(true)
  }
})

test.each([
  ['sql', '{ "format": "sql", "migrations": "m" }', 'm/1_a.sql'],
  ['prisma', '{ "format": "prisma", "migrations": "m" }', 'm/1_a/migration.sql'],
  ['node-pg-migrate', '{ "format": "node-pg-migrate", "migrations": "m" }', 'm/1_a.sql'],
])('no format lets such a file through: %s', async (_, config, file) => {
  const folder = await scratchFolder({ 'godwit.config.json': config, [file]: latin1 })
  const project = await openProject({ cwd: folder, databaseUrl: 'embedded:memory', env: {} })
  await expect(project.up()).rejects.toMatchObject({ code: 'GODWIT_FILE_NOT_UTF8' })
})

test('a large file of sections is refused as well', async () => {
  const folder = await scratchFolder({ '1_a.sql': Buffer.concat([lines(10_000), latin1]) })
  await expect(findSections(fileScript(join(folder, '1_a.sql'), folder))).rejects.toMatchObject(refused(10_001))
})

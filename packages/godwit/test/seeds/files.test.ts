import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import type { SeedBatch } from '../../src/databases/seeding.js'
import { isGodwitError } from '../../src/errors.js'
import { batchesOf } from '../../src/seeds/batches.js'
import type { SeedRows } from '../../src/seeds/definition.js'

let projectDir: string

beforeEach(() => {
  projectDir = mkdtempSync(join(tmpdir(), 'godwit-seed-files-'))
})

async function read(rows: SeedRows): Promise<SeedBatch[]> {
  const batches: SeedBatch[] = []
  const of = { name: 'users', file: 'users.ts', projectDir, unique: [], atOnce: 1_000 }
  for await (const batch of batchesOf(rows, { env: 'test' }, of)) batches.push(batch)
  return batches
}

function write(name: string, content: string): string {
  writeFileSync(join(projectDir, name), content)
  return `./${name}`
}

async function failure(rows: SeedRows): Promise<unknown> {
  const error = await read(rows).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isGodwitError(error)) throw error
  const { file, line, row } = error.details
  return { code: error.code, message: error.message, file, line, row }
}

test('a CSV file: text by its header, an empty field is null, a quoted one an empty text', async () => {
  const file = write(
    'users.csv',
    '\uFEFFemail,name,age\r\na@x.org,"Ada, ""the"" first\nof her name",\r\n\r\nb@x.org,"",3\r\n',
  )
  expect(await read(file)).toEqual([
    {
      first: 0,
      text: true,
      rows: [
        { email: 'a@x.org', name: 'Ada, "the" first\nof her name', age: null },
        { email: 'b@x.org', name: '', age: '3' },
      ],
    },
  ])
})

test('a broken line of a CSV file is named', async () => {
  expect(await failure(write('users.csv', 'email,name\na@x.org,Ada\nb@x.org\n'))).toEqual({
    code: 'GODWIT_SEED_ROW',
    message: "The seed 'users', row 2: it has 1 field, the header 2",
    file: 'users.csv',
    line: 3,
    row: 2,
  })
  expect(await failure(write('open.csv', 'email\n"a@x.org\n'))).toMatchObject({ file: 'open.csv', row: 1 })
})

test('JSON lines, and one list of JSON', async () => {
  const rows = [{ email: 'a@x.org', meta: { a: [1] } }, { email: 'b@x.org' }]
  expect(await read(write('a.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n\n')}\n`))).toEqual([
    { first: 0, rows },
  ])
  expect(await read(write('a.json', JSON.stringify(rows)))).toEqual([{ first: 0, rows }])
})

test('a broken line of JSON is named', async () => {
  expect(await failure(write('a.ndjson', '{"email":"a"}\n\n{"email":\n'))).toMatchObject({
    file: 'a.ndjson',
    line: 3,
    row: 2,
  })
  expect(await failure(write('b.jsonl', '[1]\n'))).toMatchObject({ code: 'GODWIT_SEED_ROW', row: 1 })
})

test('a file that is not there, or of another kind', async () => {
  expect(await failure('./none.csv')).toMatchObject({ message: 'The file of rows is not there: none.csv' })
  expect(await failure(write('a.txt', ''))).toMatchObject({ code: 'GODWIT_SEED_INVALID' })
})

test('lists, iterables and functions come in batches', async () => {
  function* numbers() {
    for (let id = 0; id < 2_500; id++) yield { id }
  }
  const batches = await read(numbers)
  expect(batches.map(({ first, rows }) => [first, rows.length])).toEqual([
    [0, 1_000],
    [1_000, 1_000],
    [2_000, 500],
  ])
  expect(await read(async () => [{ id: 1 }])).toEqual([{ first: 0, rows: [{ id: 1 }] }])
})

test('what is no row is named', async () => {
  expect(await failure([{ id: 1 }, null as never])).toMatchObject({
    message: "The seed 'users', row 2: it is not an object",
  })
  expect(await failure(7 as never)).toMatchObject({ code: 'GODWIT_SEED_INVALID' })
})

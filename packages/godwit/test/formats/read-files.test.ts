import { expect, test } from 'vitest'
import { ReadFiles } from '../../src/formats/read-files.js'

test('what a file held is kept apart from the buffer that it was read into', () => {
  const read = new ReadFiles()
  const buffer = Buffer.from('create table a ();')
  read.keep('/a.sql', buffer)
  buffer.fill('x')
  expect(read.contentOf('/a.sql')?.toString()).toBe('create table a ();')
  expect(read.contentOf('/b.sql')).toBeUndefined()
})

test('no more than a few megabytes are kept in all', () => {
  const read = new ReadFiles()
  const content = Buffer.alloc(60 * 1024)
  for (let number = 0; number < 1_000; number++) read.keep(`/${number}.sql`, content)
  const kept = Array.from({ length: 1_000 }, (_, number) => read.contentOf(`/${number}.sql`)).filter(Boolean)
  expect(kept.length).toBeGreaterThan(50)
  expect(kept.length * content.length).toBeLessThanOrEqual(4 * 1024 * 1024)
})

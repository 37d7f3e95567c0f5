import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheIn } from '../../src/loading/cache-folder.js'
import { readKept, writeKept } from '../../src/shadow/kept-files.js'

test('a state that is being read stays as it was while others use, replace and take away its file', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-kept-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cacheIn(dir)
  await writeKept('state', Buffer.from('first'), 'archive')
  const read = await readKept('state', 'archive')
  await new Promise((later) => setTimeout(later, 20))
  await readKept('state', 'archive')
  await writeKept('state', Buffer.from('second'), 'archive')
  rmSync(join(dir, '.godwit'), { recursive: true })
  expect(String(read)).toBe('first')
  expect(await readKept('state', 'archive')).toBeUndefined()
})

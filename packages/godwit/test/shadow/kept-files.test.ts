import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cacheIn } from '../../src/loading/cache-folder.js'
import { openKept, writeKept } from '../../src/shadow/kept-files.js'

test('a state that is being read stays as it was while others use, replace and take away its file', async () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'godwit-kept-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cacheIn(dir)
  await writeKept('state', Buffer.from('first'))
  const read = await openKept('state')
  await new Promise((later) => setTimeout(later, 20))
  await openKept('state')
  await writeKept('state', Buffer.from('second'))
  rmSync(join(dir, '.godwit'), { recursive: true })
  expect(await read?.text()).toBe('first')
  expect(await openKept('state')).toBeUndefined()
})

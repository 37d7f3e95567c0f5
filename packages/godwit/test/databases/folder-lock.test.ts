import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../src/databases/embedded/folder-lock.js'

function folder(): string {
  const root = mkdtempSync(join(tmpdir(), 'godwit-lock-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return join(root, 'db')
}

const refused = { code: 'GODWIT_EMBEDDED_IN_USE', exitCode: 6 }

test('one at a time holds an embedded folder, and the next one may after it', async () => {
  const db = folder()
  const free = await lockFolder(db)
  await expect(lockFolder(db)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining(`pid ${process.pid}`),
  })
  await free()
  expect(existsSync(`${db}.lock`)).toBe(false)
  await (await lockFolder(db))()
})

test('of ten that come at once one gets it, also over the lock of a process that has ended', async () => {
  const db = folder()
  const child = spawn(process.execPath, ['-e', ''])
  const { pid } = child
  await new Promise((resolve) => child.on('close', resolve))
  for (const left of [
    undefined,
    { pid, host: hostname(), started: null },
    { pid: process.pid, host: hostname(), started: '1' },
  ]) {
    if (left !== undefined) writeFileSync(`${db}.lock`, JSON.stringify(left))
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(db)))
    const got = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(got).toHaveLength(1)
    for (const free of got) await free()
  }
})

test('a process on another machine is taken at its word', async () => {
  const db = folder()
  writeFileSync(`${db}.lock`, JSON.stringify({ pid: 1, host: 'another', started: null }))
  await expect(lockFolder(db)).rejects.toMatchObject(refused)
})

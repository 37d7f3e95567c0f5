import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readTar } from '../../src/shadow/read-tar.js'

/** What the system's own `tar` makes of a file, one of no bytes, one of a whole block, and one in a folder with a long name. */
function archive(): Uint8Array {
  const dir = mkdtempSync(join(tmpdir(), 'godwit-tar-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const long = `${'a'.repeat(60)}/${'b'.repeat(60)}`
  mkdirSync(join(dir, long), { recursive: true })
  for (const [name, size] of [
    ['one', 3],
    ['none', 0],
    ['block', 512],
    [`${long}/deep`, 1000],
  ] as const)
    writeFileSync(join(dir, name), 'x'.repeat(size))
  return new Uint8Array(
    execFileSync('tar', ['--format=ustar', '-cf', '-', 'one', 'none', 'block', 'a'.repeat(60)], { cwd: dir }),
  )
}

test('files, folders and long names of an archive', () => {
  const read = [...readTar(archive())].map(({ name, isFolder, content }) => [name, isFolder, content.length])
  const [a, b] = ['a'.repeat(60), 'b'.repeat(60)]
  expect(read).toEqual([
    ['one', false, 3],
    ['none', false, 0],
    ['block', false, 512],
    [`${a}/`, true, 0],
    [`${a}/${b}/`, true, 0],
    [`${a}/${b}/deep`, false, 1000],
  ])
})

test.each([
  ['is empty', () => new Uint8Array()],
  ['ends within a header', () => archive().subarray(0, 700)],
  ['ends within a file', () => archive().subarray(0, 512 * 5)],
  ['ends behind a file', () => archive().subarray(0, 1024)],
  ['has a header that was changed', () => archive().with(1, 66)],
  ['is none', () => new Uint8Array(4096).fill(7)],
])('one that %s is refused', (_, make) => {
  expect(() => [...readTar(make())]).toThrow(/archive is/)
})

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../src/databases/embedded/folder-lock.js'
import { buildLockRacer } from './support/lock-racer.js'

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

test('a process on another machine is taken at its word; the file to remove is named', async () => {
  const db = folder()
  writeFileSync(`${db}.lock`, JSON.stringify({ pid: 17, host: 'another', started: null }))
  await expect(lockFolder(db)).rejects.toMatchObject({
    ...refused,
    message: expect.stringContaining('pid 17 on another'),
    hint: expect.stringContaining(`remove ${db}.lock`),
  })
})

test('a guard that was left over a dead lock stops everybody, and is named', async () => {
  const db = folder()
  const guard = `${db}.lock.taking`
  for (const file of [`${db}.lock`, guard])
    writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }))
  utimesSync(guard, 1, 1)
  await expect(lockFolder(db)).rejects.toMatchObject({ ...refused, hint: expect.stringContaining(`remove ${guard}`) })
  rmSync(guard)
  await (await lockFolder(db))()
})

test('a lock that cannot be read counts as held while it is young, and is taken over later', async () => {
  const db = folder()
  writeFileSync(`${db}.lock`, '')
  await expect(lockFolder(db)).rejects.toMatchObject(refused)
  utimesSync(`${db}.lock`, 1, 1)
  await (await lockFolder(db))()
  expect(readdirSync(dirname(db))).toEqual([])
})

test('of six processes at the same tick never two get it, in 300 rounds', { timeout: 120_000 }, async () => {
  const racer = await buildLockRacer()
  const racers = Array.from({ length: 6 }, () => {
    const child = spawn(process.execPath, [racer], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return async (line: string): Promise<string> => {
      child.stdin.write(`${line}\n`)
      return String((await lines.next()).value)
    }
  })
  const root = folder()
  await Promise.all(racers.map((tell) => tell('free')))
  const holders: number[] = []
  for (let round = 0; round < 300; round++) {
    const db = `${root}-${round}`
    // Every third round there is a dead one to take over from.
    if (round % 3 === 0)
      writeFileSync(`${db}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), started: '1' }))
    const moment = Date.now() + 15
    const answers = await Promise.all(racers.map((tell) => tell(`${db}\t${moment}`)))
    holders.push(answers.filter((answer) => answer === 'got').length)
    await Promise.all(racers.map((tell) => tell('free')))
  }
  expect(new Set(holders)).toEqual(new Set([1]))
})

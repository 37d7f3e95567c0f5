import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

const disk = '/dev/shm'
const prefix = 'godwit-tests-'
const enough = 6 * 2 ** 30 // bytes

/**
 * Puts the temporary files of this process and of all that it starts into memory, where Linux has a disk there with room enough:
 * a database is made of hundreds of files. They are gone when the process ends.
 */
export function useMemoryDisk(): void {
  if (process.platform !== 'linux') return
  try {
    removeForsaken()
    const { bavail, bsize } = statfsSync(disk)
    if (bavail * bsize < enough || freemem() < enough) return
    const folder = mkdtempSync(join(disk, `${prefix}${process.pid}-`))
    process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
    runProgram(folder)
    chmodSync(folder, 0o755) // servers run as another user
    process.env.TMPDIR = folder
  } catch {} // the temporary folder stays as it is
}

/** @throws where the disk is one that no program may be run from, as in many containers */
function runProgram(folder: string): void {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
  execFileSync(program)
  rmSync(program)
}

/** Removes what runs have left that were killed. */
function removeForsaken(): void {
  for (const name of readdirSync(disk)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN
    if (pid > 0 && !isAlive(pid)) rmSync(join(disk, name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

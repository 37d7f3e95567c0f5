import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own that is soon full. */
export interface SmallDisk {
  folder: string
  resize: (megabytes: number) => void
  /** Writes a file that takes all there is. */
  fill: () => void
  remove: () => Promise<void>
}

/** Why no small disk can be had here, as without root; undefined where one can. */
export async function whyNoSmallDisk(): Promise<string | undefined> {
  try {
    await (await mountSmallDisk(1)).remove()
    return undefined
  } catch (error) {
    return `no tmpfs can be mounted here: ${(error as Error).message.trim()}`
  }
}

/** Mounts a tmpfs. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'godwit-small-disk-'))
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    mount(`size=${megabytes}m`)
  } catch (error) {
    await rm(folder, { recursive: true })
    throw error
  }
  await chmod(folder, 0o700)
  return {
    folder,
    resize: (size) => void mount(`remount,size=${size}m`),
    fill: () => {
      const piece = Buffer.alloc(64 * 1024)
      try {
        for (;;) writeFileSync(join(folder, 'ballast'), piece, { flag: 'a' })
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      }
    },
    remove: async () => {
      execFileSync('umount', [folder])
      await rm(folder, { recursive: true })
    },
  }
}

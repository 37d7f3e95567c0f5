import type { MemoryFS } from '@electric-sql/pglite'
import { readTar } from './read-tar.js'

/** Write only, made, empty: as C has it. */
const FOR_WRITING = 0o1 | 0o100 | 0o1000

/**
 * A file system in memory that begins with what an archive of a data folder holds. Its files are parts of the archive: nothing is
 * copied, where PGlite itself looks up each of thousands of paths part by part.
 *
 * @param Memory PGlite's own, as the project has it
 * @param archive is written to
 */
export function archiveFs(Memory: typeof MemoryFS, archive: Uint8Array): MemoryFS {
  return new (class extends Memory {
    override async initialSyncFs(): Promise<void> {
      const { FS, ENV } = (this.pg as unknown as { Module: Module }).Module
      const folder = ENV?.PGDATA
      if (folder === undefined) throw new UnknownDataFolder()
      FS.mkdirTree(folder)
      for (const { name, isFolder, content } of readTar(archive)) {
        const path = `${folder}${name.startsWith('/') ? '' : '/'}${name}`
        if (isFolder) FS.mkdirTree(path)
        else {
          const file = FS.open(path, FOR_WRITING, 0o600)
          FS.write(file, content, 0, content.length, 0, true)
          FS.close(file)
        }
      }
    }
  })()
}

/** A PGlite of another version does not say where its data folder is; nothing was done. */
export class UnknownDataFolder extends Error {}

/** Of Emscripten. */
interface Module {
  ENV?: { PGDATA?: string }
  FS: {
    mkdirTree: (path: string) => void
    open: (path: string, flags: number, mode: number) => object
    /** `owns`: the file may keep the bytes themselves. */
    write: (file: object, bytes: Uint8Array, offset: number, length: number, position: number, owns: boolean) => number
    close: (file: object) => void
  }
}

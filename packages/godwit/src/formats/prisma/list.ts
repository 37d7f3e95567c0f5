import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError, isGodwitError } from '../../errors.js'
import { type FileReader, hashReader, listFolder, scanAll, sha256Reader, unreadable } from '../files.js'
import { toCrlf, toLf, withoutBom } from '../line-endings.js'
import type { ReadFiles } from '../read-files.js'
import { refuseOtherProvider } from './schema-file.js'

/**
 * Lists a Prisma project's migrations: one folder each, its name the migration's name (`formats.md`).
 *
 * @param read keeps what small files hold
 * @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE, GODWIT_PRISMA_NO_SCRIPT, GODWIT_PRISMA_PROVIDER
 */
export async function listPrismaFolder(folder: string, projectDir: string, read?: ReadFiles): Promise<MigrationFile[]> {
  const names = migrationNames(folder, projectDir)
  checkLock(folder, projectDir)
  const paths = names.map((name) => [folder, name, 'migration.sql'].join(sep))
  const hashes = await scanAll(paths, projectDir, prismaHashes, read).catch((error: unknown) => {
    throw withoutScript(error, projectDir)
  })
  return hashes.map((found, index) => {
    const name = names[index] ?? ''
    return {
      name,
      file: paths[index] ?? '',
      sortKey: name,
      ...found,
      reversible: existsSync([folder, name, 'down.sql'].join(sep)),
    }
  })
}

function withoutScript(error: unknown, projectDir: string): unknown {
  if (!isGodwitError(error) || error.code !== 'GODWIT_FILE_UNREADABLE') return error
  const { code, path } = error.cause as NodeJS.ErrnoException
  if (code !== 'ENOENT' || path === undefined) return error
  return new GodwitError('GODWIT_PRISMA_NO_SCRIPT', { folder: relative(projectDir, dirname(path)) }, { cause: error })
}

/** The names of the migrations' folders. */
export function migrationNames(folder: string, projectDir: string): string[] {
  return listFolder(folder, projectDir)
    .filter((entry) => entry.isFolder)
    .map((entry) => entry.name)
}

type Hashes = Required<Pick<MigrationFile, 'hash' | 'checksum' | 'sameChecksums'>>

/** Prisma's checksum is of the file's bytes; the same text with the other line ending counts as the same. */
function prismaHashes(): FileReader<Hashes> {
  const checksum = sha256Reader()
  const lf = sha256Reader(toLf())
  const crlf = sha256Reader(toCrlf())
  // Without a BOM the content's hash is the one with LF, and need not be made twice.
  let content: FileReader<string> | undefined
  let first = true
  return {
    push(piece) {
      if (first && withoutBom(piece) !== piece) content = hashReader('sql')
      first = false
      for (const reader of [checksum, lf, crlf, content]) reader?.push(piece)
    },
    end() {
      const sameChecksums = [lf.end(), crlf.end()]
      return { hash: content?.end() ?? `sql:${sameChecksums[0]}`, checksum: checksum.end(), sameChecksums }
    },
  }
}

function checkLock(folder: string, projectDir: string): void {
  const path = join(folder, 'migration_lock.toml')
  if (!existsSync(path)) return
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
  const provider = /^\s*provider\s*=\s*"([^"]*)"/m.exec(text)?.[1]
  if (provider !== undefined) refuseOtherProvider(provider, relative(projectDir, path))
}

import { extname, join } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import {
  type ContentKind,
  type FileReader,
  hashReader,
  listFolder,
  refuseDuplicateNames,
  scanAll,
  sha256Reader,
} from '../files.js'
import { toCrlf, toLf } from '../line-endings.js'
import { type FileNames, sortKeyOf } from './file-names.js'
import type { Settings } from './settings.js'

/**
 * Lists the migrations as migrate-mongo does, and hashes them. Nothing is imported.
 *
 * @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE, GODWIT_DUPLICATE_NAME
 */
export async function listMigrations(
  { folder, useFileHash }: Pick<Settings, 'folder' | 'useFileHash'>,
  names: FileNames,
  projectDir: string,
): Promise<MigrationFile[]> {
  const files = migrationFilesIn(folder, names, projectDir).map((fileName) => {
    return { fileName, name: names.nameOf(fileName), file: join(folder, fileName) }
  })
  refuseDuplicateNames(files, projectDir)
  const paths = files.map(({ file }) => file)
  const read = await scanAll(paths, projectDir, (path) => (useFileHash ? hashes(path) : hashAlone(path)))
  return files.map(({ fileName, name, file }, index) => {
    const { hash = '', ...checksums } = read[index] ?? {}
    return {
      name,
      file,
      sortKey: sortKeyOf(name),
      hash,
      // Of a file that migrate-mongo does not see its history knows no checksum.
      ...(names.isUsual(fileName) ? checksums : {}),
      reversible: 'unknown' as const,
    }
  })
}

/** The names of a folder's migration files. @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE */
export function migrationFilesIn(folder: string, names: FileNames, projectDir: string): string[] {
  const entries = listFolder(folder, projectDir).filter((entry) => !entry.isFolder)
  return names.migrationsAmong(entries.map((entry) => entry.name))
}

type Hashes = Pick<MigrationFile, 'hash' | 'checksum' | 'sameChecksums'>

function hashAlone(path: string): FileReader<Hashes> {
  const hash = hashReader(kindOf(path))
  return { push: hash.push, end: () => ({ hash: hash.end() }) }
}

/** migrate-mongo's hash is of the file's bytes; the same text with the other line ending counts as the same. */
function hashes(path: string): FileReader<Hashes> {
  const hash = hashReader(kindOf(path))
  const checksum = sha256Reader()
  const same = [sha256Reader(toLf()), sha256Reader(toCrlf())]
  return {
    push(piece) {
      for (const reader of [hash, checksum, ...same]) reader.push(piece)
    },
    end: () => ({ hash: hash.end(), checksum: checksum.end(), sameChecksums: same.map((reader) => reader.end()) }),
  }
}

function kindOf(path: string): ContentKind {
  return /^\.[cm]?ts$/.test(extname(path)) ? 'ts' : 'js'
}

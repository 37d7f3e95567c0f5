import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError } from '../../errors.js'
import { type FileReader, hashReader, listFolder, scanAll, unreadable } from '../files.js'
import { toCrlf, toLf } from '../line-endings.js'
import { refuseOtherProvider } from './schema-file.js'

/**
 * Lists a Prisma project's migrations: one folder each, its name the migration's name (`formats.md`).
 *
 * @throws GODWIT_FOLDER_MISSING, GODWIT_FILE_UNREADABLE, GODWIT_PRISMA_NO_SCRIPT, GODWIT_PRISMA_PROVIDER
 */
export async function listPrismaFolder(folder: string, projectDir: string): Promise<MigrationFile[]> {
  const names = migrationNames(folder, projectDir)
  checkLock(folder, projectDir)
  const paths = names.map((name) => join(folder, name, 'migration.sql'))
  for (const [index, path] of paths.entries()) {
    if (existsSync(path)) continue
    throw new GodwitError('GODWIT_PRISMA_NO_SCRIPT', { folder: relative(projectDir, join(folder, names[index] ?? '')) })
  }
  const hashes = await scanAll(paths, projectDir, prismaHashes)
  return hashes.map((found, index) => {
    const name = names[index] ?? ''
    return {
      name,
      file: paths[index] ?? '',
      sortKey: name,
      ...found,
      reversible: existsSync(join(folder, name, 'down.sql')),
    }
  })
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
  const content = hashReader('sql')
  const raw = createHash('sha256')
  const lf = createHash('sha256')
  const crlf = createHash('sha256')
  const endings = [
    { hash: lf, rewrite: toLf() },
    { hash: crlf, rewrite: toCrlf() },
  ]
  return {
    push(piece) {
      content.push(piece)
      raw.update(piece)
      for (const { hash, rewrite } of endings) hash.update(rewrite.push(piece))
    },
    end() {
      for (const { hash, rewrite } of endings) hash.update(rewrite.end())
      return { hash: content.end(), checksum: raw.digest('hex'), sameChecksums: [lf.digest('hex'), crlf.digest('hex')] }
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

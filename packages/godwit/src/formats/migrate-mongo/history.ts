import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { HistoryCollection } from '../contract.js'
import type { FileNames } from './file-names.js'
import type { Settings } from './settings.js'

/** migrate-mongo's changelog: a document a migration, its fields in the order in which migrate-mongo writes them. */
export function changelog(
  { changelog: name, lock, useFileHash }: Pick<Settings, 'changelog' | 'lock' | 'useFileHash'>,
  names: FileNames,
): HistoryCollection {
  return {
    kind: 'collection',
    name,
    read: ({ fileName, fileHash, appliedAt, migrationBlock }) => {
      if (typeof fileName !== 'string') return undefined
      // A row of the `.ts` says nothing of the `.js` that was built from it.
      const comparable = useFileHash && typeof fileHash === 'string' && names.isUsual(fileName)
      return {
        name: names.nameOf(fileName),
        appliedAt: appliedAt instanceof Date ? appliedAt : null,
        checksum: comparable ? fileHash : null,
        ...(typeof migrationBlock === 'number' ? { block: migrationBlock } : {}),
      }
    },
    record: ({ name, file, at, runAt }) => ({
      fileName: file === undefined ? names.usual(name) : basename(file.file),
      ...(useFileHash && file !== undefined ? { fileHash: file.checksum ?? hashOf(file.file) } : {}),
      appliedAt: at,
      migrationBlock: runAt.getTime(),
    }),
    find: (name) => ({ fileName: { $in: names.all(name) } }),
    ...(lock === undefined ? {} : { peerLock: lock }),
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

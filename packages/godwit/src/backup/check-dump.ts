import { open } from 'node:fs/promises'
import { GodwitError } from '../errors.js'
import { reasonOf } from '../loading/error-facts.js'
import { digestOf } from './dump-file.js'
import { type BackupKind, type Manifest, readManifest } from './manifest.js'

/** Of the custom format of `pg_dump`, and of gzip. */
const BEGINS: Readonly<Record<BackupKind, Buffer>> = {
  postgres: Buffer.from('PGDMP'),
  embedded: Buffer.from([0x1f, 0x8b]),
  mongodb: Buffer.from([0x1f, 0x8b]),
}

/**
 * Sees that a dump is whole and of this kind of database, ahead of everything else.
 *
 * @param kind of the database that it is to go into
 * @returns what stands beside it; `undefined`: nothing, and only its beginning could be looked at
 * @throws GodwitError GODWIT_BACKUP_FILE, GODWIT_BACKUP_DAMAGED, GODWIT_BACKUP_KIND
 */
export async function checkDump(file: string, kind: BackupKind): Promise<Manifest | undefined> {
  const begin = await beginningOf(file)
  const manifest = await readManifest(file)
  if (manifest !== undefined && manifest.kind !== kind)
    throw new GodwitError('GODWIT_BACKUP_KIND', {
      reason: `${file} is a backup of ${NAMES[manifest.kind]}, and the database of this project is ${NAMES[kind]}`,
    })
  const damaged = (reason: string) => new GodwitError('GODWIT_BACKUP_DAMAGED', { file, reason })
  if (manifest !== undefined) {
    const { size, sha256 } = await digestOf(file)
    if (size !== manifest.size) throw damaged(`it has ${size} bytes instead of ${manifest.size}`)
    if (sha256 !== manifest.sha256) throw damaged('its SHA-256 is another one')
  }
  const wanted = BEGINS[kind]
  if (!begin.subarray(0, wanted.length).equals(wanted))
    throw damaged(
      kind === 'postgres' ? 'it is not in the custom format of pg_dump (-Fc)' : 'it is not compressed by gzip',
    )
  return manifest
}

const NAMES = { postgres: 'PostgreSQL', embedded: 'the embedded PostgreSQL', mongodb: 'MongoDB' }

async function beginningOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file)
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (cause) {
    throw new GodwitError('GODWIT_BACKUP_FILE', { file, reason: reasonOf(cause) }, { cause })
  }
}

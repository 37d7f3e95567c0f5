import { readFile } from 'node:fs/promises'
import { GodwitError } from '../errors.js'
import { errorCode, reasonOf } from '../loading/error-facts.js'

/** How a dump is made and read back. */
export type BackupKind = 'postgres' | 'embedded' | 'mongodb'

/** What a table or a collection held. */
export interface Held {
  /** As people write it: `public.users`. */
  name: string
  /** Rows or documents; `null`: it changed while it was dumped. */
  rows: number | null
}

/** What a dump is, as the file beside it says. Values of rows are not in it. */
export interface Manifest {
  /** Of this file. */
  version: 1
  kind: BackupKind
  /** The dump's name, without its folder. */
  file: string
  project: string
  database: string
  /** For people: `PostgreSQL 17.5`. */
  server: string
  /** The server's major version; `null` where that says nothing. */
  major: number | null
  /** What made it: `pg_dump 17.5`. */
  tool: string
  /** ISO 8601, UTC: what was committed by then is in it. */
  time: string
  /** The history as it was then. */
  history: { name: string; applied: number; last: string | null }
  /** Bytes. */
  size: number
  /** Hexadecimal. */
  sha256: string
  tables: Held[]
  /** Of each object of the catalogue the first part of a SHA-256 of its definition; absent where there is no catalogue. */
  objects?: Record<string, string>
}

/** The file beside a dump. */
export function manifestOf(file: string): string {
  return `${file}.json`
}

/**
 * Reads what stands beside a dump; `undefined`: nothing does.
 *
 * @throws GodwitError GODWIT_BACKUP_FILE where it cannot be read
 */
export async function readManifest(file: string): Promise<Manifest | undefined> {
  const beside = manifestOf(file)
  let text: string
  try {
    text = await readFile(beside, 'utf8')
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return undefined
    throw new GodwitError('GODWIT_BACKUP_FILE', { file: beside, reason: reasonOf(cause) }, { cause })
  }
  const manifest = parsed(text)
  if (manifest === undefined)
    throw new GodwitError('GODWIT_BACKUP_FILE', { file: beside, reason: 'it does not describe a backup' })
  return manifest
}

function parsed(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null
    const complete =
      value?.version === 1 && typeof value.sha256 === 'string' && typeof value.size === 'number' && isKind(value.kind)
    return complete && Array.isArray(value.tables) ? (value as Manifest) : undefined
  } catch {
    return undefined
  }
}

function isKind(kind: unknown): kind is BackupKind {
  return kind === 'postgres' || kind === 'embedded' || kind === 'mongodb'
}

import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Extensions } from '@electric-sql/pglite'
import { loadPeer, peerFile } from '../../loading/peer.js'

/** What migrations of the field's tools ask for without being read. */
const USUAL = ['uuid-ossp', 'pgcrypto', 'citext', 'hstore', 'pg_trgm', 'ltree', 'btree_gist', 'btree_gin']

/** Extensions that are packages of their own, with what they export. */
const PACKAGES: Readonly<Record<string, string>> = {
  vector: '@electric-sql/pglite-pgvector',
  postgis: '@electric-sql/pglite-postgis',
  age: '@electric-sql/pglite-age',
}

/** The extensions that PGlite brings along or that are installed for it, by PostgreSQL's names. */
export function knownExtensions(projectDir: string): string[] {
  const file = peerFile('@electric-sql/pglite', projectDir)
  if (file === undefined) return []
  const modules = readdirSync(join(dirname(file), 'contrib')).filter((name) => name.endsWith('.js'))
  const contrib = modules.map((name) => postgresName(name.slice(0, -'.js'.length)))
  const installed = Object.keys(PACKAGES).filter((name) => peerFile(PACKAGES[name] as string, projectDir) !== undefined)
  return [...contrib, ...installed]
}

/**
 * Loads extensions for PGlite, which must be given them when it starts: the usual ones, and those of `wanted` that it has.
 *
 * @param wanted PostgreSQL's names
 */
export async function loadExtensions(projectDir: string, wanted: readonly string[] = []): Promise<Extensions> {
  const known = new Set(knownExtensions(projectDir))
  const extensions: Extensions = {}
  for (const name of new Set([...USUAL, ...wanted])) {
    if (!known.has(name)) continue
    const exported = name.replaceAll('-', '_')
    const module = PACKAGES[name] ?? `@electric-sql/pglite/contrib/${exported}`
    const peer = { from: projectDir, why: 'the embedded database' }
    const extension = (await loadPeer<Record<string, Extensions[string]>>(module, peer))[exported]
    if (extension !== undefined) extensions[exported] = extension
  }
  return extensions
}

function postgresName(module: string): string {
  return module === 'uuid_ossp' ? 'uuid-ossp' : module
}

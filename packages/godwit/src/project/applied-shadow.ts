import { readFile } from 'node:fs/promises'
import type { HistoryRow } from '../engine/migration.js'
import type { TableFormat } from '../formats/contract.js'
import { choosePlace } from '../shadow/choose.js'
import type { Shadow } from '../shadow/contract.js'
import { openShadow } from '../shadow/open.js'
import type { ProjectWork } from './work.js'

/**
 * A shadow in the state of a database: with the migrations that its history says are applied.
 *
 * @param format the project's own
 * @throws GodwitError GODWIT_SHADOW_…, GODWIT_PEER_MISSING
 */
export async function shadowOfApplied(
  work: ProjectWork,
  format: TableFormat,
  rows: readonly HistoryRow[],
): Promise<Shadow> {
  const applied = new Set(rows.filter(({ outcome }) => outcome === 'applied').map(({ name }) => name))
  const all = await format.list()
  const files = all.filter(({ name }) => applied.has(name))
  const options = work.openOptions()
  const texts = await Promise.all(all.map(({ file }) => readFile(file, 'utf8').catch(() => '')))
  const place = await choosePlace({
    projectDir: options.projectDir,
    ...work.shadow,
    texts,
    verbose: options.onNotice ?? (() => {}),
  })
  const { onEvent = () => {}, signal } = work.parts.options
  const listed = { ...format, list: async () => files }
  return openShadow(place, { format: listed, options, cache: true, onEvent, signal })
}

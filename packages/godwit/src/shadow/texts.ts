import { readFile } from 'node:fs/promises'
import type { MigrationFile } from '../engine/migration.js'
import type { TableFormat } from '../formats/contract.js'

/** The migrations as text, with what else is run on a shadow: by it the extensions are known that have to be there. */
export async function shadowTexts(
  format: TableFormat,
  files: readonly MigrationFile[],
  more: readonly string[] = [],
): Promise<string[]> {
  const paths = [...files.map(({ file }) => file), ...more]
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  const setUp = await format.shadowSetUp?.()
  return setUp === undefined ? texts : [...texts, setUp.sql]
}

import { readFile } from 'node:fs/promises'
import type { MigrationFile } from '../engine/migration.js'
import type { Format } from '../formats/contract.js'
import type { DownIntent } from './report.js'

/** A comment of SQL or of a program: `-- godwit: irreversible, the old rows are archived`. */
const IRREVERSIBLE = /^[ \t]*(?:--|\/\/|\/?\*+)[ \t]*godwit:[ \t]*irreversible\b/im

/** What a migration says of its way back. */
export interface Intent {
  down: DownIntent
  /** Its way back cannot even be loaded. */
  fails?: unknown
}

/**
 * Reads what a migration says of its way back: that there is one, by having it; that there is none on purpose, by `down = false` or, whatever else
 * it holds, by a comment `godwit: irreversible`; else there is none, and nobody says why. It is loaded for that, and not run.
 */
export async function readIntent(format: Format, file: MigrationFile): Promise<Intent> {
  if (IRREVERSIBLE.test(await readFile(file.file, 'utf8').catch(() => ''))) return { down: 'irreversible' }
  try {
    if ((await format.load(file, 'down')) !== null) return { down: 'down' }
  } catch (fails) {
    return { down: 'down', fails }
  }
  if (format.id === 'prisma') return { down: 'usual' }
  // Programs of the other formats have no way back only where they say `down = false`.
  return { down: format.id === 'typeorm' || file.file.endsWith('.sql') ? 'none' : 'irreversible' }
}

/** The text of a way back that is not in the migration's own file, whose hash does not tell of it; else empty. Nothing of a program is loaded. */
export async function downBeside(format: Format, file: MigrationFile): Promise<string> {
  if (!file.file.endsWith('.sql')) return ''
  const body = await format.load(file, 'down').catch(() => null)
  if (body?.kind !== 'script' || body.script.file === file.file) return ''
  let text = ''
  for await (const piece of body.script.read()) text += piece
  return text
}

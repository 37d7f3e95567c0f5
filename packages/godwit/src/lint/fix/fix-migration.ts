import type { LintedMigration } from '../migration.js'
import type { FoundIn } from '../run.js'
import { fixPgm } from './fix-pgm.js'
import { fixScript } from './fix-script.js'
import { fixTypeorm } from './fix-typeorm.js'
import { type Fixed, refuseAll } from './fixed.js'

/** Writes the fixes of a migration into the text of its file. Pure. */
export function fixMigration(text: string, migration: LintedMigration, found: readonly FoundIn[]): Fixed {
  // A note is an opinion: nobody's file is rewritten for it.
  const findings = found.filter(({ fix, severity }) => fix !== undefined && severity !== 'note')
  if (findings.length === 0) return { mended: [], refused: [] }
  if (/\.sql$/i.test(migration.file)) return fixScript(text, migration, findings)
  if (migration.format === 'typeorm') return fixTypeorm(text, migration, findings)
  if (migration.format === 'node-pg-migrate') return fixPgm(text, migration, findings)
  return refuseAll(findings, 'its format has no statements in its text')
}

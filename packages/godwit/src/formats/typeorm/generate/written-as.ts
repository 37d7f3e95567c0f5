import { join } from 'node:path'
import { moduleKindOf } from '../../../loading/module-kind.js'
import type { MigrationLanguage } from './migration-text.js'

/** How a migration of a language is written in a folder: JavaScript is what the package there says. */
export function writtenAs(folder: string, language: 'ts' | 'js'): MigrationLanguage {
  if (language === 'ts') return 'ts'
  return moduleKindOf(join(folder, 'a.js')) === 'esm' ? 'esm' : 'js'
}

import type { MigrationFile } from '../../engine/migration.js'
import { readDownTemplate, readTemplate } from '../template.js'
import { chooseTemplate } from './choose.js'
import { refuseSecond } from './only-once.js'
import { writeSql } from './write-sql.js'

/** What a pair of SQL files begins with, for the migration's name; absent: what an empty one begins with. */
export interface SqlTexts {
  up?: (name: string) => string
  down?: ((name: string) => string) | undefined
  /** It is a schema that comes with Godwit. */
  isSchema?: true
}

/**
 * Finds what a template gives for the way there and the way back.
 *
 * @param endings of the project's own templates
 * @param list the project's migrations, asked for where a template may be used once only
 * @throws GODWIT_TEMPLATE_UNKNOWN, GODWIT_TEMPLATE_USED, GODWIT_FILE_UNREADABLE
 */
export async function sqlTexts(
  template: string | undefined,
  endings: readonly string[],
  list: () => Promise<readonly MigrationFile[]>,
  projectDir: string,
): Promise<SqlTexts> {
  if (template === undefined) return {}
  const chosen = chooseTemplate(template, { projectDir, endings })
  if ('file' in chosen) {
    const up = readTemplate(chosen.file, projectDir).textFor
    return { up, down: readDownTemplate(chosen.file, projectDir)?.textFor }
  }
  await refuseSecond(chosen.schema, list, projectDir)
  const { up, down } = writeSql(chosen.schema)
  return { up: () => up, down: () => down, isSchema: true }
}

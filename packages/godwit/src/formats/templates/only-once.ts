import { closeSync, openSync, readSync } from 'node:fs'
import { relative } from 'node:path'
import type { MigrationFile } from '../../engine/migration.js'
import { GodwitError, isGodwitError } from '../../errors.js'
import { unreadable } from '../files.js'
import type { SchemaTemplate } from './description.js'
import { markOf } from './mark.js'

/** The mark stands in the first lines; a file of data is not read as a whole. */
const headSize = 4096

/**
 * Wants a schema to be written once in a project: the second migration could only fail.
 *
 * @throws GODWIT_TEMPLATE_USED naming the file
 */
export async function refuseSecond(
  schema: SchemaTemplate,
  list: () => Promise<readonly MigrationFile[]>,
  projectDir: string,
): Promise<void> {
  const mark = markOf(schema)
  for (const { file } of await listed(list)) {
    if (!headOf(file, projectDir).includes(mark)) continue
    throw new GodwitError('GODWIT_TEMPLATE_USED', { template: schema.name, file: relative(projectDir, file) })
  }
}

async function listed(list: () => Promise<readonly MigrationFile[]>): Promise<readonly MigrationFile[]> {
  try {
    return await list()
  } catch (error) {
    if (isGodwitError(error) && error.code === 'GODWIT_FOLDER_MISSING') return []
    throw error
  }
}

function headOf(path: string, projectDir: string): string {
  const buffer = Buffer.alloc(headSize)
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    return buffer.toString('utf8', 0, readSync(file, buffer))
  } catch (error) {
    throw unreadable(path, projectDir, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

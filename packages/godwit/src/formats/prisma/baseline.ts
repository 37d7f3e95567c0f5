import { join } from 'node:path'
import type { BaselineRequest, NewMigration } from '../contract.js'
import { newLock, titleOf } from './create.js'
import { modelsFrom } from './models-from.js'
import type { PrismaProject } from './project.js'

/**
 * Composes the migration that makes what a database holds, named as Prisma's documentation names it (`0_init`), and the models
 * where they are missing.
 *
 * @see https://www.prisma.io/docs/orm/prisma-migrate/workflows/baselining
 */
export async function composeBaseline(
  request: BaselineRequest,
  project: PrismaProject,
  projectDir: string,
): Promise<NewMigration> {
  const { name, statements, client } = request
  const folder = await project.folder()
  const full = `0_${titleOf(name)}`
  const models = await modelsFrom(client, project, projectDir, request)
  // Prisma and Godwit make the schema of the URL before the first migration.
  const made = statements.map((statement) =>
    statement.replace(/^CREATE SCHEMA (?!IF )/, 'CREATE SCHEMA IF NOT EXISTS '),
  )
  const content = made.map((statement) => `${statement};\n`).join('\n')
  return {
    name: full,
    files: [{ path: join(folder, full, 'migration.sql'), content }, ...newLock(folder), ...models.files],
    notes: models.notes,
  }
}

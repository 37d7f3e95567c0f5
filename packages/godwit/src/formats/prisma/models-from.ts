import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type pg from 'pg'
import { isGodwitError } from '../../errors.js'
import type { BaselineRequest, NewMigration } from '../contract.js'
import { formatSchema } from './engine/check-schema.js'
import { codeOf } from './engine/engine-error.js'
import { type PulledSchema, pullSchema } from './engine/pull.js'
import { newSchema } from './new-schema.js'
import type { PrismaProject } from './project.js'
import { schemaFiles } from './schema-file.js'
import { holdsModels, type SchemaFile, withoutUrls } from './schema-source.js'

type Models = Pick<NewMigration, 'files'> & { notes: string[] }

/** The models of a database that holds tables already: pulled where there are none, and left alone where they say the same. */
export async function modelsFrom(
  client: pg.Client,
  project: PrismaProject,
  projectDir: string,
  { mayReplace, ownSchema }: Pick<BaselineRequest, 'mayReplace' | 'ownSchema'>,
): Promise<Models> {
  const path = await project.schemaPath()
  const schema = await project.schema()
  if (!existsSync(path) || schemaFiles(path, projectDir).length === 0) {
    const file = path.endsWith('.prisma') ? path : join(path, 'schema.prisma')
    const onDisk = [
      { path: file, content: await newSchema(client, { usual: schema, own: ownSchema, major: project.major() }) },
    ]
    const pulled = await pull(client, { path: file, onDisk, files: withoutUrls(onDisk) }, schema, projectDir)
    return { files: pulled.files.map(({ path, content }) => ({ path, content })), notes: pulled.warnings }
  }
  const source = await project.source()
  const { onDisk } = source
  const pulled = await pull(client, source, schema, projectDir)
  const changed = pulled.files.filter((file) => textOf(file.path, onDisk) !== file.content)
  if (changed.length === 0 || (await sayTheSame(pulled.files, onDisk, projectDir))) return { files: [], notes: [] }
  const names = changed.map((file) => relative(projectDir, file.path))
  const free = !holdsModels(onDisk) && pulled.lost.length === 0
  if (!free && !(await mayReplace?.({ files: names, lost: pulled.lost }))) {
    const force = pulled.lost.length === 0 ? '' : ' --force'
    return {
      files: [],
      notes: [
        `Left as it is, though the database says something else: ${names.join(', ')}. To write what the database says: npx godwit pull${force}`,
      ],
    }
  }
  const files = changed.map(({ path, content }) => {
    const replaces = textOf(path, onDisk)
    return { path, content, ...(replaces === undefined ? {} : { replaces }) }
  })
  return { files, notes: pulled.warnings }
}

// Tables may all be in schemas that the models are not about.
async function pull(
  client: pg.Client,
  source: Parameters<typeof pullSchema>[1],
  schema: string,
  projectDir: string,
): Promise<Pick<PulledSchema, 'files' | 'warnings' | 'lost'>> {
  try {
    return await pullSchema(client, source, schema, projectDir)
  } catch (error) {
    const nothing = isGodwitError(error) && error.code === 'GODWIT_PRISMA_ENGINE' && codeOf(error.cause) === 'P4001'
    if (!nothing) throw error
    return { files: source.onDisk, warnings: [], lost: [] }
  }
}

async function sayTheSame(
  pulled: readonly SchemaFile[],
  onDisk: readonly SchemaFile[],
  projectDir: string,
): Promise<boolean> {
  const tidy = await formatSchema(onDisk, projectDir)
  return pulled.every((file) => textOf(file.path, tidy) === file.content)
}

function textOf(path: string, files: readonly SchemaFile[]): string | undefined {
  return files.find((file) => file.path === path)?.content
}

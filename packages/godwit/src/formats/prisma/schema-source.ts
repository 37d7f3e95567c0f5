import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { readAll } from '../files.js'
import { decodeFile } from '../utf8.js'
import { schemaFiles } from './schema-file.js'

/** One file of a schema; the path is absolute. */
export interface SchemaFile {
  path: string
  content: string
}

/** A schema as it is on disk, in one file or in a folder of them. */
export interface SchemaSource {
  /** Absolute, of the file or the folder. */
  path: string
  files: SchemaFile[]
}

/**
 * Reads a schema.
 *
 * @throws GODWIT_PRISMA_NO_SCHEMA, GODWIT_FILE_UNREADABLE, GODWIT_FILE_NOT_UTF8
 */
export async function readSchema(path: string | undefined, projectDir: string): Promise<SchemaSource> {
  if (path === undefined) throw new GodwitError('GODWIT_PRISMA_NO_SCHEMA', { where: 'prisma/schema.prisma' })
  const paths = existsSync(path) ? schemaFiles(path, projectDir) : []
  if (paths.length === 0) throw new GodwitError('GODWIT_PRISMA_NO_SCHEMA', { where: relative(projectDir, path) })
  const files = await readAll(paths, projectDir, (bytes, file) => ({
    path: file,
    content: decodeFile(bytes, file, projectDir),
  }))
  return { path, files }
}

/** Whether a schema says anything of tables or types. */
export function holdsModels(files: readonly SchemaFile[]): boolean {
  return files.some(({ content }) => /^[ \t]*(?:model|enum|view)[ \t]+\w+[ \t]*\{/m.test(content))
}

/**
 * A schema of Prisma 5 or 6 as the engine of Prisma 7 reads it: without the datasource's URLs, which 7 has in its config.
 * They are blanked, so that every place stays where it is.
 */
export function withoutUrls(files: readonly SchemaFile[]): SchemaFile[] {
  return files.map(({ path, content }) => ({ path, content: content.replace(datasourceBlock, blankUrls) }))
}

/** Puts the datasource of the schema on disk back into one that was made from {@link withoutUrls}. */
export function withUrls(made: readonly SchemaFile[], onDisk: readonly SchemaFile[]): SchemaFile[] {
  return made.map(({ path, content }) => {
    const block = datasourceBlock.exec(onDisk.find((file) => file.path === path)?.content ?? '')?.[0]
    return { path, content: block === undefined ? content : content.replace(datasourceBlock, () => block) }
  })
}

const datasourceBlock = /^[ \t]*datasource[ \t]+\w+[ \t]*\{(?:"(?:\\.|[^"\\\n])*"|\/\/[^\n]*|[^"}])*\}/m

function blankUrls(block: string): string {
  return block.replace(
    /^([ \t]*)((?:url|directUrl|shadowDatabaseUrl)[ \t]*=[^\r\n]*)/gm,
    (_, indent: string, line: string) => indent + ' '.repeat(line.length),
  )
}

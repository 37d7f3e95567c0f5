import { relative } from 'node:path'
import { GodwitError, isGodwitError } from '../../../errors.js'
import { codeFrame } from '../../../sql/position.js'
import type { SchemaFile } from '../schema-source.js'
import { engineText } from './engine-error.js'
import { loadSchemaTools, type SchemaTools } from './packages.js'

/** One thing that Prisma says of a schema. */
export interface SchemaProblem {
  text: string
  /** Relative to the project's folder. */
  file: string
  /** 1-based. */
  line: number
  /** 1-based. */
  column: number
}

/**
 * Checks a schema as `prisma validate` does.
 *
 * @returns what Prisma warns of
 * @throws GODWIT_PRISMA_SCHEMA with every problem, at the place of the first
 */
export async function checkSchema(files: readonly SchemaFile[], projectDir: string): Promise<SchemaProblem[]> {
  const tools = await loadSchemaTools(projectDir)
  const pairs = files.map(({ path, content }) => [path, content])
  const found = lint(tools, pairs)
  try {
    tools.validate(JSON.stringify({ prismaSchema: pairs, noColor: true }))
  } catch (error) {
    if (isGodwitError(error)) throw error
    throw refused(
      error,
      found.filter((each) => !each.is_warning),
      files,
      projectDir,
    )
  }
  return found.filter((each) => each.is_warning).map((each) => placed(each, files, projectDir))
}

/**
 * Checks a schema that is to be compared with a database.
 *
 * @throws GODWIT_PRISMA_SCHEMA as {@link checkSchema}, and where it names no database
 */
export async function checkWholeSchema(files: readonly SchemaFile[], projectDir: string): Promise<void> {
  await checkSchema(files, projectDir)
  if (files.some(({ content }) => /^[ \t]*datasource[ \t]+\w+[ \t]*\{/m.test(content))) return
  const text = 'it has no datasource, such as: datasource db { provider = "postgresql" }'
  throw new GodwitError('GODWIT_PRISMA_SCHEMA', { problems: [{ text }] })
}

/** The preview features that a schema turns on. It was checked. */
export async function previewFeatures(files: readonly SchemaFile[], projectDir: string): Promise<Set<string>> {
  const tools = await loadSchemaTools(projectDir)
  const pairs = files.map(({ path, content }) => [path, content])
  const { config } = JSON.parse(tools.get_config(JSON.stringify({ prismaSchema: pairs }))) as {
    config: { generators: { previewFeatures: string[] }[] }
  }
  return new Set(config.generators.flatMap(({ previewFeatures }) => previewFeatures))
}

/** A schema as `prisma format` writes it. */
export async function formatSchema(files: readonly SchemaFile[], projectDir: string): Promise<SchemaFile[]> {
  const tools = await loadSchemaTools(projectDir)
  const pairs = files.map(({ path, content }) => [path, content])
  const options = { textDocument: { uri: 'file:/dev/null' }, options: { tabSize: 2, insertSpaces: true } }
  const formatted = JSON.parse(tools.format(JSON.stringify(pairs), JSON.stringify(options))) as [string, string][]
  return formatted.map(([path, content]) => ({ path, content }))
}

interface Linted {
  file_name: string
  /** Bytes of UTF-8. */
  start: number
  text: string
  is_warning: boolean
}

function lint(tools: SchemaTools, pairs: string[][]): Linted[] {
  return JSON.parse(tools.lint(JSON.stringify(pairs))) as Linted[]
}

function refused(cause: unknown, found: Linted[], files: readonly SchemaFile[], projectDir: string): GodwitError {
  const problems = found.map((each) => placed(each, files, projectDir))
  const [first] = problems
  if (first === undefined) {
    const text = engineText(cause)
    return new GodwitError('GODWIT_PRISMA_SCHEMA', { problems: [{ text }] }, { cause })
  }
  const { file, line, column } = first
  const source = files.find((each) => relative(projectDir, each.path) === file)?.content ?? ''
  const frame = codeFrame(source, line, column)
  return new GodwitError('GODWIT_PRISMA_SCHEMA', { problems }, { cause, file, folder: projectDir, line, column, frame })
}

function placed({ file_name, start, text }: Linted, files: readonly SchemaFile[], projectDir: string): SchemaProblem {
  const content = files.find((file) => file.path === file_name)?.content ?? ''
  const before = Buffer.from(content).subarray(0, start).toString('utf8')
  const lines = before.split('\n')
  return {
    text: text.trim(),
    file: relative(projectDir, file_name),
    line: lines.length,
    column: (lines.at(-1)?.length ?? 0) + 1,
  }
}

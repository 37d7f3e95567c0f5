import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { GodwitError } from '../../errors.js'
import { unreadable } from '../files.js'

/** A value of the datasource block: written out, or taken from the environment. */
export type SchemaValue = { text: string } | { env: string }

/** The `datasource` block of a Prisma schema. */
export interface Datasource {
  /** Absolute path of the file that holds the block. */
  file: string
  values: Map<string, SchemaValue>
}

/**
 * Reads the datasource block of a schema without Prisma. A folder is a schema in several files.
 *
 * @param path of `schema.prisma` or of a folder
 * @returns undefined when no file holds such a block
 * @throws GODWIT_FILE_UNREADABLE
 */
export function readDatasource(path: string, projectDir: string): Datasource | undefined {
  try {
    for (const file of filesOf(path)) {
      const [values] = blocksIn(readFileSync(file, 'utf8'), 'datasource')
      if (values !== undefined) return { file, values }
    }
    return undefined
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
}

/** The generators of a schema's texts that make a client: what they say, and the file (absolute) that says it. */
export function clientGenerators(files: readonly { path: string; content: string }[]): Datasource[] {
  return files
    .flatMap(({ path, content }) => blocksIn(content, 'generator').map((values) => ({ file: path, values })))
    .filter(({ values }) => {
      const provider = values.get('provider')
      return provider !== undefined && 'text' in provider && /^prisma-client(-js|-ts)?$/.test(provider.text)
    })
}

/**
 * Wants PostgreSQL (rule 33).
 *
 * @throws GODWIT_PRISMA_PROVIDER naming the other database
 */
export function refuseOtherProvider(provider: string, file: string): void {
  if (provider === 'postgresql' || provider === 'postgres') return
  throw new GodwitError('GODWIT_PRISMA_PROVIDER', { provider, file })
}

/** The places where Prisma looks for a schema that no configuration names. */
export function defaultSchema(projectDir: string): string | undefined {
  const named = schemaInPackageJson(projectDir)
  const places = [named, 'schema.prisma', 'prisma/schema.prisma', 'prisma/schema']
  return places.flatMap((place) => (place === undefined ? [] : [join(projectDir, place)])).find(existsSync)
}

/** The folder of the schema's migrations: beside the file that holds the datasource, as Prisma has it. */
export function migrationsBeside(schema: string, datasource: Datasource | undefined): string {
  const isFolder = existsSync(schema) && statSync(schema).isDirectory()
  const folders = [datasource && dirname(datasource.file), isFolder ? schema : undefined, dirname(schema)]
  const places = folders.flatMap((folder) => (folder === undefined ? [] : [join(folder, 'migrations')]))
  return places.find(existsSync) ?? places[0] ?? join(dirname(schema), 'migrations')
}

/** Refuses a schema for another database. */
export function checkProvider(datasource: Datasource | undefined, projectDir: string): void {
  const provider = datasource?.values.get('provider')
  if (datasource === undefined || provider === undefined || !('text' in provider)) return
  refuseOtherProvider(provider.text, relative(projectDir, datasource.file))
}

/**
 * The files of a schema: the one, or those of a folder.
 *
 * @throws GODWIT_FILE_UNREADABLE
 */
export function schemaFiles(path: string, projectDir: string): string[] {
  try {
    return filesOf(path)
  } catch (error) {
    throw unreadable(path, projectDir, error)
  }
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.prisma'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function blocksIn(text: string, kind: 'datasource' | 'generator'): Map<string, SchemaValue>[] {
  const blocks = new RegExp(`^[ \\t]*${kind}[ \\t]+\\w+[ \\t]*\\{((?:"(?:\\\\.|[^"\\\\])*"|[^"}])*)\\}`, 'gm')
  return [...withoutComments(text).matchAll(blocks)].map(([, block = '']) => {
    const values = new Map<string, SchemaValue>()
    const pairs = /(\w+)[ \t]*=[ \t]*(?:env\([ \t]*"([^"]*)"[ \t]*\)|"((?:\\.|[^"\\])*)")/g
    for (const [, key, env, quoted] of block.matchAll(pairs)) {
      if (key === undefined) continue
      values.set(key, env === undefined ? { text: unquoted(quoted ?? '') } : { env })
    }
    return values
  })
}

// A `//` inside a string, such as a URL's, begins no comment.
function withoutComments(text: string): string {
  return text.replace(/("(?:\\.|[^"\\\n])*")|\/\/[^\n]*/g, (_, string: string | undefined) => string ?? '')
}

function unquoted(quoted: string): string {
  return quoted.replace(/\\(.)/g, '$1')
}

function schemaInPackageJson(projectDir: string): string | undefined {
  const path = join(projectDir, 'package.json')
  if (!existsSync(path)) return undefined
  const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const section = property(content, 'prisma')
  const schema = property(section, 'schema')
  return typeof schema === 'string' ? schema : undefined
}

/** A property of whatever was read, or undefined. */
export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined
}

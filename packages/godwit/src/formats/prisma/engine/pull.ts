import type pg from 'pg'
import { type SchemaFile, type SchemaSource, withUrls } from '../schema-source.js'
import { sessionAdapter } from './adapter.js'
import { checkWholeSchema } from './check-schema.js'
import { withEngine } from './engine.js'
import type { AdapterTools } from './packages.js'

/** A schema as a database says. */
export interface PulledSchema {
  files: SchemaFile[]
  onDisk: SchemaFile[]
  warnings: string[]
  lost: string[]
}

/** The schema as it is: as the engine reads it, and on disk. */
export type PulledFrom = SchemaSource & { onDisk: SchemaFile[] }

/**
 * Writes the schema anew from a database, as `prisma db pull` does: names of models, relations and what `///` says are kept
 * where their tables are still there.
 *
 * @param schema the one that the project's URL names
 * @throws GODWIT_PRISMA_ENGINE P4001 for an empty database, GODWIT_PRISMA_SCHEMA
 */
export async function pullSchema(
  client: pg.Client,
  { files, onDisk, path }: PulledFrom,
  schema: string,
  projectDir: string,
): Promise<PulledSchema> {
  await checkWholeSchema(files, projectDir)
  const adapter = (tools: AdapterTools) => sessionAdapter(client, tools, { schema })
  const found = await withEngine(projectDir, files, { main: adapter, shadow: adapter }, (engine) =>
    engine.introspect({
      schema: { files },
      baseDirectoryPath: path,
      force: false,
      compositeTypeDepth: -1,
      namespaces: null,
    }),
  )
  const made = withUrls(found.schema.files, onDisk)
  return {
    files: made,
    onDisk,
    warnings: (found.warnings ?? '').split('\n').filter((line) => line.trim() !== ''),
    lost: lostIn(onDisk, made),
  }
}

/** Blocks and comments that the one says and the other does not. */
export function lostIn(before: readonly SchemaFile[], after: readonly SchemaFile[]): string[] {
  const left = new Set(after.flatMap(({ content }) => [...blocks(content), ...comments(content)]))
  return before.flatMap(({ content }) => [...blocks(content), ...comments(content)].filter((each) => !left.has(each)))
}

function blocks(content: string): string[] {
  return [...content.matchAll(/^[ \t]*(model|enum|view|type|generator)[ \t]+(\w+)[ \t]*\{/gm)].map(
    ([, kind, name]) => `${kind} ${name}`,
  )
}

// A `//` inside a string, such as a URL's, begins no comment.
function comments(content: string): string[] {
  const found = content.matchAll(/"(?:\\.|[^"\\\n])*"|\/\/+[ \t]*([^\r\n]*)/g)
  return [...found].flatMap(([, text]) => (text?.trim() ? [`comment: ${text.trim()}`] : []))
}

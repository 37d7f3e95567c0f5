import type pg from 'pg'
import type { SchemaFile } from '../schema-source.js'
import { sessionAdapter } from './adapter.js'
import { type Filters, noMigrations, withEngine } from './engine.js'

/** What the engine says lies between a database and a schema. */
export interface Comparison {
  /** From the database to the schema, as `prisma migrate dev` writes it; empty: there is no difference. */
  up: string
  /** From the schema to the database. */
  down: string
}

/** A replayed state and what to compare it with. */
export interface CompareRequest {
  projectDir: string
  files: readonly SchemaFile[]
  /** A session on the replayed state, its history empty. */
  client: pg.Client
  /** The schema that unqualified names stand for. */
  schema: string
  filters: Filters
}

/** Compares a replayed state with a schema. The engine takes the state for its own shadow database. */
export async function compare({ projectDir, files, client, schema, filters }: CompareRequest): Promise<Comparison> {
  const session = { main: adapter, shadow: adapter }
  return withEngine(projectDir, files, session, async (engine) => {
    const container = { files: [...files] }
    // Only this opens the engine's shadow database; the next call finds what it saw there.
    await engine.devDiagnostic({ migrationsList: noMigrations, filters })
    const made = await engine.createMigration({
      draft: false,
      migrationName: '',
      migrationsList: noMigrations,
      schema: container,
      filters,
    })
    if (made.migrationScript === null) return { up: '', down: '' }
    const back = await engine.diff({
      from: { tag: 'schemaDatamodel', ...container },
      to: { tag: 'schemaDatasource', ...container, configDir: projectDir },
      script: true,
      exitCode: null,
      filters,
    })
    return { up: made.migrationScript, down: back.stdout ?? '' }
  })

  function adapter(tools: Parameters<typeof sessionAdapter>[1]) {
    return sessionAdapter(client, tools, { schema })
  }
}

import type { SchemaEngine } from '@prisma/schema-engine-wasm'
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
  /** The models can say partial indexes. */
  partialIndexes: boolean
}

type Side = Parameters<SchemaEngine['diff']>[0]['from']

/** How the engine says that there is no difference. */
const NOTHING = '-- This is an empty migration.'

// For a migration the engine does not see the partial indexes that are there, and makes each again
// (https://github.com/prisma/orm/issues/29263); it does where it compares two states, but warns of nothing then.
function withWarnings(migration: string | null, difference: string): string {
  if (difference === '') return ''
  const isThere = (table: string) => difference.includes('CREATE UNIQUE INDEX') && difference.includes(`ON "${table}"(`)
  const meant = headingOf(migration ?? '').replaceAll(UNIQUE, (warning, table: string) =>
    isThere(table) ? warning : '',
  )
  return /^ {2}- /m.test(meant) ? meant + difference : difference
}

const UNIQUE = /^ {2}- A unique constraint covering .*? on the table `(.*?)` will be added\..*\n/gm

/** Compares a replayed state with a schema. The engine takes the state for its own shadow database. */
export async function compare(request: CompareRequest): Promise<Comparison> {
  const { projectDir, files, client, schema, filters, partialIndexes } = request
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
    const models: Side = { tag: 'schemaDatamodel', ...container }
    const database: Side = { tag: 'schemaDatasource', ...container, configDir: projectDir }
    const diff = async (from: Side, to: Side): Promise<string> => {
      const { stdout } = await engine.diff({ from, to, script: true, exitCode: null, filters })
      return stdout === null || stdout.startsWith(NOTHING) ? '' : stdout
    }
    const up = partialIndexes ? withWarnings(made.migrationScript, await diff(database, models)) : made.migrationScript
    return up === null || up === '' ? { up: '', down: '' } : { up, down: await diff(models, database) }
  })

  function adapter(tools: Parameters<typeof sessionAdapter>[1]) {
    return sessionAdapter(client, tools, { schema })
  }
}

/** The engine's warnings, the first comment of a script; empty: there are none. */
export function headingOf(script: string): string {
  return /^\/\*\n {2}Warnings:[\s\S]*?\n\*\/\n/.exec(script)?.[0] ?? ''
}

import type pg from 'pg'

/** Tables in which tools that people use beside Godwit keep what was applied, each with columns that tell it from another of the name. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  migrations: ['timestamp', 'name'],
  _prisma_migrations: [],
  pgmigrations: [],
  knex_migrations: [],
  knex_migrations_lock: [],
  kysely_migration: [],
  kysely_migration_lock: [],
  __drizzle_migrations: [],
  SequelizeMeta: ['name'],
  mikro_orm_migrations: [],
  schema_migrations: ['version'],
  goose_db_version: [],
  flyway_schema_history: [],
  databasechangelog: [],
  databasechangeloglock: [],
}

/** Histories of other tools in a schema. They may have run there without Godwit ever knowing. */
export async function knownHistories(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text) AS columns FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE n.nspname = $1 AND c.relname = ANY ($2) GROUP BY 1 ORDER BY 1`,
    [schema, Object.keys(KNOWN)],
  )
  return rows
    .filter(({ name, columns }) => KNOWN[name]?.every((each) => columns.includes(each)))
    .map(({ name }) => name)
}

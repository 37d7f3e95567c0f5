// Kysely's own migrator on ./migrations: `up` or `status`.
const fs = require('node:fs/promises')
const path = require('node:path')
const { Kysely, Migrator, FileMigrationProvider, PostgresDialect } = require('kysely')
const { Pool } = require('pg')

async function main([verb]) {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL })
  const db = new Kysely({ dialect: new PostgresDialect({ pool }) })
  const migrationFolder = path.resolve('migrations')
  const migrator = new Migrator({ db, provider: new FileMigrationProvider({ fs, path, migrationFolder }) })
  if (verb === 'status') console.log(`${(await migrator.getMigrations()).length} migrations`)
  else {
    const { error } = await migrator.migrateToLatest()
    if (error) throw error
  }
  await db.destroy()
}

main(process.argv.slice(2))

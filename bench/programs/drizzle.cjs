// Drizzle's own migrator on ./migrations.
const { drizzle } = require('drizzle-orm/node-postgres')
const { migrate } = require('drizzle-orm/node-postgres/migrator')
const { Client } = require('pg')

async function main() {
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  await migrate(drizzle(client), { migrationsFolder: './migrations' })
  await client.end()
}

main()

// Knex's own migrator on ./migrations: `up` or `status`.
const knex = require('knex')

async function main([verb]) {
  const db = knex({ client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './migrations' } })
  if (verb === 'status') {
    const [done, pending] = await db.migrate.list()
    console.log(`${done.length} done, ${pending.length} pending`)
  } else await db.migrate.latest()
  await db.destroy()
}

main(process.argv.slice(2))

// The floor of seeding where there is no psql: a file, a stream, one COPY.
const { createReadStream } = require('node:fs')
const { pipeline } = require('node:stream/promises')
const pg = require('pg')
const { from } = require('pg-copy-streams')

async function main() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  await pipeline(createReadStream(process.env.BENCH_FILE), client.query(from('COPY users FROM STDIN')))
  await client.end()
}

main()

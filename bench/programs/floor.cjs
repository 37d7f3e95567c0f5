// The least that a check of the history can do: load `pg`, connect, read the history, hash every file, end.
// node floor.cjs <folder> <query of the history>
const { createHash } = require('node:crypto')
const { readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Client } = require('pg')

async function main([folder, history]) {
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  const { rows } = await client.query(history)
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(sql|[cm]?[jt]s)$/.test(name))
  const hashes = files.map((name) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex'),
  )
  await client.end()
  console.log(`${rows.length} rows, ${hashes.length} files`)
}

main(process.argv.slice(2))

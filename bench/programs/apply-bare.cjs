// The least that applying can do from Node: one message a file with its transaction, no journal, no lock.
// node apply-bare.cjs <folder>
const { createHash } = require('node:crypto')
const { readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Client } = require('pg')

async function main([folder]) {
  const client = new Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  await client.query('CREATE TABLE bare_history (name text PRIMARY KEY, hash text NOT NULL)')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql') && !name.endsWith('.down.sql'))
  for (const name of files.sort()) {
    const text = readFileSync(join(folder, name), 'utf8')
    const hash = createHash('sha256').update(text).digest('hex')
    await client.query(`BEGIN;\n${text};\nINSERT INTO bare_history VALUES ('${name}', '${hash}');\nCOMMIT`)
  }
  await client.end()
}

main(process.argv.slice(2))
